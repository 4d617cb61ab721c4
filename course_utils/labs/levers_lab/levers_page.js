// The two levers on a web page.

import { hostOnPage } from "../../frontend/kit/web_host.js";
import { startOf } from "./levers_model.js";
import { mountTwoLevers } from "./two_levers.js";

await hostOnPage(startOf, mountTwoLevers);
