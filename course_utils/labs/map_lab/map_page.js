// The map of depth and rate on a web page.

import { hostOnPage } from "../../frontend/kit/web_host.js";
import { mountDepthRateMap } from "./depth_rate_map.js";
import { startOf } from "./map_data.js";

await hostOnPage(startOf, mountDepthRateMap);
