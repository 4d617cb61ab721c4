// The map of depth and rate in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { mountDepthRateMap } from "./depth_rate_map.js";
import { STATE } from "./map_data.js";

export default placed((view) => hostInNotebook(view, STATE, mountDepthRateMap));
