// The rank slider in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { STATE } from "./rank_model.js";
import { mountRankSlider } from "./rank_slider.js";

export default placed((view) => hostInNotebook(view, STATE, mountRankSlider));
