// The freeze lab on the learner's own model, in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { mountOwnModelLab } from "./own_model_lab.js";
import { STATE } from "./own_model_view.js";

export default placed((view) => hostInNotebook(view, STATE, mountOwnModelLab));
