// The forgetting thermometer on a web page.

import { hostOnPage } from "../../frontend/kit/web_host.js";
import { startOf } from "./thermometer_data.js";
import { mountThermometer } from "./thermometer_lab.js";

await hostOnPage(startOf, mountThermometer);
