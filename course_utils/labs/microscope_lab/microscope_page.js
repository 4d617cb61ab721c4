// The layer microscope on a web page.

import { hostOnPage } from "../../frontend/kit/web_host.js";
import { startOf } from "./microscope_data.js";
import { mountMicroscope } from "./microscope_lab.js";

await hostOnPage(startOf, mountMicroscope);
