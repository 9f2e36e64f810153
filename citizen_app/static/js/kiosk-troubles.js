// What the kiosk says when a scan got no decision, and whether the same scan is worth sending again.

import { faultLines } from "./field-form.js";
import { byId, explain, say } from "./page.js";

const WORTH_ANOTHER_TRY = ({ kind, status }) => kind === "network" || status === 429 || status >= 500;

// What stands wrong beside the details is the code itself: too long, or no text that a code could have.
const isUnreadable = ({ status, errors }) =>
  status === 400 || status === 413 || (status === 422 && !errors.some(({ pointer }) => pointer.startsWith("/context")));

/** `{title, lines, again}` for the trouble of a scan. */
export function wordsFor(trouble) {
  const again = WORTH_ANOTHER_TRY(trouble);
  if (trouble.kind === "network") return { title: say("kiosk.no_network"), lines: [say("kiosk.no_network_next")], again };
  if (isUnreadable(trouble)) return { title: say("kiosk.unreadable"), lines: [say("kiosk.unreadable_next")], again };
  const faults = faultLines(byId("context-fields"), trouble.errors);
  return { title: trouble.title || say("kiosk.try_again"), lines: faults.length ? faults : [explain(trouble)], again };
}
