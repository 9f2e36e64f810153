// A service may let the kiosk go on for the same citizen without a new code: five books on one scan, for one act or several.

import { byId, element, say } from "./page.js";
import { serverNow } from "./server-clock.js";

let session = null; // {token, until}, milliseconds of the server's clock

/** Offer to go on as `decision` allows, with one of `acts`. A scan in a session leaves it as it is; a scan of a code ends the one before. */
export function keepSession(decision, inSession, acts, goOn) {
  const { session: given } = decision;
  if (given) session = { token: given.token, until: Date.parse(given.expires_at) };
  if (given) byId("going-on-acts").replaceChildren(...acts.map((act) => button(act, goOn)));
  else if (!inSession) session = null;
  drawSession();
}

function button(act, goOn) {
  const made = element("button", "weui-btn weui-btn_primary going-on__act", say("kiosk.go_on", { purpose: act.title }));
  made.type = "button";
  made.addEventListener("click", () => goOn(act));
  return made;
}

export function endSession() {
  session = null;
  drawSession();
}

/** The session's token, or null when there is none to go on with. */
export const sessionToken = () => (session && serverNow() < session.until ? session.token : null);

/** Show how long the offer stands. */
export function drawSession() {
  const left = session ? Math.ceil((session.until - serverNow()) / 1000) : 0;
  if (left <= 0) session = null;
  byId("going-on").hidden = !session;
  if (session) byId("going-on-words").textContent = say("kiosk.going_on", { seconds: left });
}
