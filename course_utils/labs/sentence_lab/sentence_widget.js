// The sentence microscope in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { mountSentenceMicroscope } from "./sentence_microscope.js";
import { STATE } from "./sentence_model.js";

export default placed((view) => hostInNotebook(view, STATE, mountSentenceMicroscope));
