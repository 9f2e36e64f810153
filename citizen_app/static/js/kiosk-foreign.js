// Other apps' codes, which people hold out by mistake: told apart here, so that no payment code leaves the device.

import { byId } from "./page.js";

const kinds = JSON.parse(byId("foreign-codes").textContent)
  .map(({ pattern, said }) => ({ whole: new RegExp(`^(?:${pattern})$`, "i"), said }));

/** What to say of a text that is another app's code, or "". */
export const saidOfForeign = (text) => kinds.find(({ whole }) => whole.test(text))?.said ?? "";
