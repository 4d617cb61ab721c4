// The two levers in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { STATE } from "./levers_model.js";
import { mountTwoLevers } from "./two_levers.js";

export default placed((view) => hostInNotebook(view, STATE, mountTwoLevers));
