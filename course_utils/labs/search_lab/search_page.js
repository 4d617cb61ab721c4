// The lab twenty trials on a web page.

import { hostOnPage } from "../../frontend/kit/web_host.js";
import { startOf } from "./search_model.js";
import { mountTwentyTrials } from "./twenty_trials.js";

await hostOnPage(startOf, mountTwentyTrials);
