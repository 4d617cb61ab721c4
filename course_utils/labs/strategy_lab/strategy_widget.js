// The strategy map in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { mountStrategyMap } from "./strategy_map.js";
import { STATE } from "./strategy_model.js";

export default placed((view) => hostInNotebook(view, STATE, mountStrategyMap));
