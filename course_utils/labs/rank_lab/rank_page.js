// The rank slider on a web page.

import { hostOnPage } from "../../frontend/kit/web_host.js";
import { startOf } from "./rank_model.js";
import { mountRankSlider } from "./rank_slider.js";

await hostOnPage(startOf, mountRankSlider);
