// The lab ten envelopes on a web page.

import { hostOnPage } from "../../frontend/kit/web_host.js";
import { startOf } from "./envelopes_model.js";
import { mountTenEnvelopes } from "./ten_envelopes.js";

await hostOnPage(startOf, mountTenEnvelopes);
