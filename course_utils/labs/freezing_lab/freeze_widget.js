// The freeze lab in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { mountFreezeLab } from "./freeze_lab.js";
import { STATE } from "./freeze_model.js";

export default placed((view) => hostInNotebook(view, STATE, mountFreezeLab));
