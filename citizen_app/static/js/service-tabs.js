// The tabs under the code: the code is the same, a tab says what one service has to tell and when it was last used.

import { dayOf, timeOfDay } from "./city-time.js";
import { shownGet } from "./citizen-session.js";
import { byId, element, explain, say } from "./page.js";

let chosen = ""; // id of a service, empty for all

export function prepareTabs() {
  for (const tab of tabs()) tab.addEventListener("click", () => choose(tab.dataset.service));
}

/** Offer the tabs of these services, of all with null; the one that was chosen is told anew. */
export async function showTabs(services) {
  for (const tab of tabs()) tab.hidden = Boolean(tab.dataset.service && services && !services.includes(tab.dataset.service));
  await choose(tabs().find((tab) => tab.dataset.service === chosen && !tab.hidden) ? chosen : "");
}

/** After a use, what a tab says has changed. */
export const renewTab = () => choose(chosen);

const tabs = () => [...document.querySelectorAll("#kinds .kind")];

async function choose(service) {
  chosen = service;
  for (const tab of tabs()) tab.setAttribute("aria-pressed", String(tab.dataset.service === service));
  const panel = byId("kind-panel");
  panel.hidden = !service;
  if (!service) return panel.replaceChildren();
  try {
    const [told, used] = await Promise.all([
      shownGet("/api/v1/me/cards"),
      shownGet(`/api/v1/me/usage?${new URLSearchParams({ limit: 1, service })}`),
    ]);
    if (chosen !== service) return; // another tab was chosen meanwhile
    const cards = told.items.filter((card) => card.service === service);
    panel.replaceChildren(...cards.flatMap(words), element("p", "kind__used", lastUse(used.items[0])), ...door(service));
  } catch (trouble) {
    if (chosen === service) panel.replaceChildren(element("p", "quiet", explain(trouble)));
  }
}

const words = (card) => [element("p", "kind__title", card.title), ...card.lines.map((line) => element("p", "kind__line", line))];

function lastUse(use) {
  if (!use) return say("code.never_used");
  const when = `${dayOf(use.occurred_at)} ${timeOfDay(use.occurred_at)}`;
  return say("code.last_used", { when, what: [use.place, use.purpose_title].filter(Boolean).join(" · ") });
}

function door(service) {
  const { address, title } = tabs().find((tab) => tab.dataset.service === service).dataset;
  if (!address) return [];
  const made = element("a", "kind__door", say("code.open_service", { service: title }));
  made.href = address;
  return [made];
}
