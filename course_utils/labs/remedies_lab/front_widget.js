// The front in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { mountFrontLab } from "./front_lab.js";
import { STATE } from "./front_model.js";

export default placed((view) => hostInNotebook(view, STATE, mountFrontLab));
