// The lab ten envelopes in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { STATE } from "./envelopes_model.js";
import { mountTenEnvelopes } from "./ten_envelopes.js";

export default placed((view) => hostInNotebook(view, STATE, mountTenEnvelopes));
