// The form of a quick check in a notebook.

import { hostInNotebook } from "../frontend/kit/notebook_host.js";
import { placed } from "../frontend/kit/placed.js";
import { mountAnswerForm } from "./answer_form.js";

export default placed((view) => hostInNotebook(view, ["answer", "verdict"], mountAnswerForm));
