// The lab twenty trials in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { STATE } from "./search_model.js";
import { mountTwentyTrials } from "./twenty_trials.js";

export default placed((view) => hostInNotebook(view, STATE, mountTwentyTrials));
