// The forgetting thermometer in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { STATE } from "./thermometer_data.js";
import { mountThermometer } from "./thermometer_lab.js";

export default placed((view) => hostInNotebook(view, STATE, mountThermometer));
