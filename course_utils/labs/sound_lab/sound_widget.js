// The sound microscope in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { mountSoundMicroscope } from "./sound_microscope.js";
import { STATE } from "./sound_model.js";

export default placed((view) => hostInNotebook(view, STATE, mountSoundMicroscope));
