// One's own voice in a notebook: the only place where it is, since a page without a kernel can't keep or learn anything.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { mountOwnVoice } from "./own_voice.js";

export default placed((view) => hostInNotebook(view, [], mountOwnVoice));
