// The sound microscope on a web page.

import { hostOnPage } from "../../frontend/kit/web_host.js";
import { mountSoundMicroscope } from "./sound_microscope.js";
import { startOf } from "./sound_model.js";

await hostOnPage(startOf, mountSoundMicroscope);
