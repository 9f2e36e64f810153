// The kiosk's tie to the server: its token, its heartbeat, its scans.

import { call, Trouble } from "./api.js";
import { uuid7 } from "./uuid7.js";

const KEY = "citizen.kiosk.token";
const ATTEMPTS = 3;
const PATIENCE = 6000; // milliseconds for one attempt

let token = localStorage.getItem(KEY);

export const hasToken = () => Boolean(token);

export function forgetToken() {
  token = null;
  localStorage.removeItem(KEY);
}

/** Trade a one-time activation code for the kiosk's token. */
export async function activate(activationCode) {
  const answer = await call("POST", "/api/v1/kiosks/activate", { body: { activation_code: activationCode } });
  token = answer.token;
  localStorage.setItem(KEY, token);
}

/** Tell the server that the kiosk lives; the answer says what the kiosk may do. */
export const heartbeat = () =>
  call("POST", "/api/v1/kiosks/me/heartbeat", { token, body: { clock: new Date().toISOString(), app_version: "page-1" } });

/** Try the PIN of staff: what opens the lists, and until when. */
export const tryPin = (pin) => call("POST", "/api/v1/kiosks/me/pin", { token, body: { pin } });

/** What can be chosen for a detail, for the values it depends on, as far as it matches `q`. */
export function choicesOf(purpose, field, chosen, q) {
  const query = new URLSearchParams([["purpose", purpose], ["field", field], ["q", q], ...chosen.map((value) => ["chosen", value])]);
  return call("GET", `/api/v1/kiosks/me/choices?${query}`, { token });
}

/** Look somebody up on the service's list at this place. */
export const searchList = (unlock, words, reason) =>
  call("POST", "/api/v1/kiosks/me/search", { token, body: { unlock, words, reason } });

/** One scan as it will be sent, however often: the id makes every retry the same scan. */
export const newScan = (code, purpose, context) => ({ scan_id: uuid7(), code, purpose, context });

/** A further scan for the same citizen, with the session that an earlier decision gave. */
export const newScanInSession = (session, purpose, context) => ({ scan_id: uuid7(), session, purpose, context });

/** The decision on `scan`; tried again with the same id when no answer came. */
export const sendScan = (scan) => insist(() => call("POST", "/api/v1/scans", { token, body: scan, timeout: PATIENCE }));

/** Complete a scan that needs input. */
export const sendAnswer = (scanId, values) =>
  insist(() => call("POST", `/api/v1/scans/${scanId}/answer`, { token, body: values, timeout: PATIENCE }));

async function insist(work) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (trouble) {
      const again = trouble instanceof Trouble && (trouble.kind === "network" || trouble.status === 503);
      if (!again || attempt === ATTEMPTS || !navigator.onLine) throw trouble;
      await new Promise((resolve) => setTimeout(resolve, 300 * attempt));
    }
  }
}
