// The sentence microscope on a web page.

import { hostOnPage } from "../../frontend/kit/web_host.js";
import { mountSentenceMicroscope } from "./sentence_microscope.js";
import { startOf } from "./sentence_model.js";

await hostOnPage(startOf, mountSentenceMicroscope);
