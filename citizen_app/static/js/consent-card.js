// Consent, asked where it is wanted: the city's notice after signing in, one service's fields after it refused.
// The code is shown whatever the answer.

import { citizenCall, citizenGet } from "./citizen-session.js";
import { byId, element, explain, say, whileDisabled } from "./page.js";

const CONSENTS = "/api/v1/me/consents";
const LATER = "consent-later"; // the notice put off until the browser is closed, by version

let asked = null; // what agreeing sends: {path, body}

export function prepareConsent() {
  byId("consent-agree").addEventListener("click", (event) => attempt(event.currentTarget, agree));
  byId("consent-later").addEventListener("click", putOff);
  byId("consent-withdraw").addEventListener("click", (event) => attempt(event.currentTarget, withdraw));
}

/** Ask for the notice where it has not been accepted, or has changed. */
export async function offerNotice() {
  byId("consent").hidden = true;
  try {
    const { notice } = await citizenGet(`${CONSENTS}?limit=1`);
    byId("consent-withdraw").hidden = notice.state === "not_accepted";
    if (notice.state === "accepted" || sessionStorage.getItem(LATER) === notice.version) return;
    const title = say(notice.state === "changed" ? "consent.changed" : "consent.title");
    offer(title, [notice.summary], { path: `${CONSENTS}/notice`, body: { version: notice.version } });
  } catch {
    // Nothing is agreed to; it is asked again the next time.
  }
}

/** Ask for what a service lacks, field by field; a sensitive one only where the service cannot do without. */
export async function offerService(service) {
  try {
    const { items } = await citizenGet(`${CONSENTS}?limit=100`);
    const found = items.find((one) => one.service === service);
    const wanted = found?.scopes.filter((one) => one.state !== "by_law" && (one.state === "agreed" || one.essential || !one.sensitive));
    if (!wanted?.some((one) => one.state === "withheld")) return;
    const lines = wanted.map(({ title, reason }) => say("consent.field", { title, reason }));
    const body = { scopes: wanted.map(({ name }) => name) };
    offer(say("consent.service", { service: found.title }), lines, { path: `${CONSENTS}/${service}`, body });
  } catch {
    // The kiosk has said what is missing.
  }
}

function offer(title, lines, answer) {
  asked = answer;
  byId("consent-title").textContent = title;
  byId("consent-lines").replaceChildren(...lines.map((line) => element("p", "", line)));
  byId("consent-trouble").textContent = "";
  byId("consent").hidden = false;
}

async function agree() {
  await citizenCall("PUT", asked.path, asked.body);
  byId("consent").hidden = true;
  byId("consent-done").textContent = say("consent.agreed");
  if (asked.body.version) byId("consent-withdraw").hidden = false;
}

function putOff() {
  if (asked.body.version) sessionStorage.setItem(LATER, asked.body.version);
  byId("consent").hidden = true;
}

async function withdraw() {
  await citizenCall("DELETE", `${CONSENTS}/notice`);
  byId("consent-withdraw").hidden = true;
  byId("consent-done").textContent = say("consent.withdrawn");
}

async function attempt(button, work) {
  byId("consent-trouble").textContent = "";
  byId("consent-done").textContent = "";
  await whileDisabled(button, async () => {
    try {
      await work();
    } catch (trouble) {
      if (trouble.status === 409) await offerNotice(); // it has changed meanwhile
      byId(byId("consent").hidden ? "consent-done" : "consent-trouble").textContent = explain(trouble);
    }
  });
}
