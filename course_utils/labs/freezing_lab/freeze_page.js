// The freeze lab on a web page.

import { lockedTo } from "../../frontend/kit/locks.js";
import { hostOnPage } from "../../frontend/kit/web_host.js";
import { mountFreezeLab } from "./freeze_lab.js";

await hostOnPage(({ blocks, table }) => {
  const { frozen, ...start } = table.start;
  return { ...start, locked: lockedTo(blocks.length, frozen), guess: null, revealed: false, step: 0 };
}, mountFreezeLab);
