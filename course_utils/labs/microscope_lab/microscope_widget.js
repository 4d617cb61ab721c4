// The layer microscope in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { STATE } from "./microscope_data.js";
import { mountMicroscope } from "./microscope_lab.js";

export default placed((view) => hostInNotebook(view, STATE, mountMicroscope));
