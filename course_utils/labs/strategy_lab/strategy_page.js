// The strategy map on a web page.

import { hostOnPage } from "../../frontend/kit/web_host.js";
import { mountStrategyMap } from "./strategy_map.js";
import { startOf } from "./strategy_model.js";

await hostOnPage(startOf, mountStrategyMap);
