// The freeze lab in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { mountFreezeLab } from "./freeze_lab.js";
import { STATE } from "./freeze_model.js";

/** @param {{ model: any, el: HTMLElement }} view */
const render = (view) => hostInNotebook(view, STATE, mountFreezeLab);

export default { render };
