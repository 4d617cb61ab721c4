// The label-budget lab in a notebook.

import { hostInNotebook } from "../../frontend/kit/notebook_host.js";
import { placed } from "../../frontend/kit/placed.js";
import { STATE } from "./budget_model.js";
import { mountLabelBudget } from "./label_budget.js";

export default placed((view) => hostInNotebook(view, STATE, mountLabelBudget));
