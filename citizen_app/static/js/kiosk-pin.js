// The PIN of staff. The server judges it; without a network the one that was right since this page was loaded does.

import { tryPin } from "./kiosk-link.js";
import { byId, explain, say, whileDisabled } from "./page.js";
import { serverNow } from "./server-clock.js";

const OFFLINE_TRIES = 5;

let proof = null; // {key, mark}: made from the last right PIN, in this page's memory only
let offlineTries = 0;
let unlocked = null; // {token, until}: what opens the service's lists

/** What the server gave for the PIN, while it holds; otherwise null. */
export const unlockToken = () => (unlocked && serverNow() < unlocked.until ? unlocked.token : null);

/** Wire the form: `onOpen()` after a right PIN, `onBack()` when staff give up. */
export function preparePin(onOpen, onBack) {
  byId("pin-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    byId("pin-trouble").textContent = "";
    await whileDisabled(byId("pin-send"), async () => {
      const pin = byId("pin-digits").value;
      byId("pin-digits").value = "";
      try {
        await judge(pin);
      } catch (trouble) {
        byId("pin-trouble").textContent = trouble.words ?? trouble.detail ?? explain(trouble);
        byId("pin-digits").focus();
        return;
      }
      onOpen();
    });
  });
  byId("pin-back").addEventListener("click", onBack);
}

export function resetPin() {
  byId("pin-trouble").textContent = "";
  byId("pin-digits").value = "";
  byId("pin-digits").focus();
}

async function judge(pin) {
  try {
    const answer = await tryPin(pin);
    unlocked = { token: answer.unlock, until: Date.parse(answer.expires_at) };
    offlineTries = 0;
    proof = await proofOf(pin);
  } catch (trouble) {
    if (trouble.kind !== "network") {
      if (trouble.type === "/problems/pin-refused" || trouble.type === "/problems/pin-locked") trouble.words = trouble.detail;
      else trouble.words = explain(trouble);
      throw trouble;
    }
    if (!proof || offlineTries >= OFFLINE_TRIES) throw { words: say("kiosk.pin_offline") };
    offlineTries += 1;
    if (!(await crypto.subtle.verify("HMAC", proof.key, proof.mark, written(pin)))) throw { words: say("kiosk.pin_wrong_offline") };
    offlineTries = 0;
  }
}

const written = (pin) => new TextEncoder().encode(pin);

/** A key that cannot be read out and dies with the page: nothing that could be guessed at leaves it. */
async function proofOf(pin) {
  const key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
  return { key, mark: await crypto.subtle.sign("HMAC", key, written(pin)) };
}
