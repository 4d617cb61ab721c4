// The label-budget lab on a web page.

import { hostOnPage } from "../../frontend/kit/web_host.js";
import { mountLabelBudget } from "./label_budget.js";

await hostOnPage(({ table }) => ({ ...table.start, guess: null, revealed: false }), mountLabelBudget);
