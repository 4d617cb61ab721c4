// The front on a web page.

import { hostOnPage } from "../../frontend/kit/web_host.js";
import { mountFrontLab } from "./front_lab.js";
import { startOf } from "./front_model.js";

await hostOnPage(startOf, mountFrontLab);
