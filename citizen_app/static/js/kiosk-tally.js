// How many codes were read here today, and how the last scans went: title and time only, nothing of the citizen.

import { timeOfDay } from "./city-time.js";
import { forget, keep, recall } from "./kiosk-memory.js";
import { byId, element } from "./page.js";
import { serverNow } from "./server-clock.js";

const KEPT = "tally";
const LAST = 4;

const { timeZone } = document.documentElement.dataset;
const day = new Intl.DateTimeFormat("en-CA", { timeZone });

const today = () => day.format(new Date(serverNow()));

function tally() {
  const kept = recall(KEPT, null);
  return kept?.day === today() ? kept : { day: today(), good: 0, bad: 0, last: [] };
}

/** Count a decision that was shown; one that asks for input is none yet. */
export function countDecision({ decision, display }) {
  if (decision === "needs_input") return;
  const now = tally();
  const tone = decision === "allow" ? "good" : "bad";
  now[tone] += 1;
  now.last = [{ at: new Date(serverNow()).toISOString(), tone, title: display.title }, ...now.last].slice(0, LAST);
  keep(KEPT, now);
  drawTally();
}

export function drawTally() {
  const { good, bad, last } = tally();
  byId("today-good").textContent = good;
  byId("today-bad").textContent = bad;
  byId("no-scans").hidden = last.length > 0;
  byId("last-scans").replaceChildren(...last.map(row));
}

export const forgetTally = () => forget(KEPT);

function row({ at, tone, title }) {
  const line = element("li", `tally__scan tally__scan_${tone}`);
  line.append(element("span", "tally__time", timeOfDay(at)), element("span", "tally__mark", tone === "good" ? "✓" : "✕"), element("span", "tally__title", title));
  return line;
}
