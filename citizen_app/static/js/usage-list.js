// "Who scanned me": the citizen's last uses, refused ones too.

import { citizenCall, citizenGet } from "./citizen-session.js";
import { dayOf, timeOfDay } from "./city-time.js";
import { byId, element, explain, say, whileDisabled } from "./page.js";

const SHOWN = 8;
const RESULTS = { allow: ["good", "uses.allowed"], deny: ["bad", "uses.refused"], needs_input: ["ask", "uses.asked"] };

/** "Library · borrow", of what the answer names. */
export const placeAndPurpose = (use) => [use.place, use.purpose_title].filter(Boolean).join(" · ");

/** The newest use, or null; cheap enough to ask each second. */
export async function newestUse() {
  return (await citizenGet("/api/v1/me/usage?limit=1")).items[0] ?? null;
}

/** Read the last uses and show them by day. */
export async function showUses() {
  const list = byId("uses");
  try {
    const { items } = await citizenGet(`/api/v1/me/usage?limit=${SHOWN}`);
    list.replaceChildren(...(items.length ? byDay(items) : [element("p", "quiet", say("uses.none"))]));
  } catch (trouble) {
    list.replaceChildren(element("p", "quiet", explain(trouble)));
  }
}

function byDay(items) {
  const parts = [];
  let day = "";
  for (const use of items) {
    const its = dayOf(use.occurred_at);
    if (its !== day) parts.push(element("h3", "uses__day", its));
    day = its;
    parts.push(row(use));
  }
  return parts;
}

function row(use) {
  const [tone, result] = RESULTS[use.decision];
  const made = element("article", "use");
  const head = element("div", "use__head");
  head.append(
    element("time", "use__time", timeOfDay(use.occurred_at)),
    element("span", "use__what", [use.service_title, use.purpose_title].filter(Boolean).join(" · ")),
    element("span", `use__result use__result_${tone}`, say(result)),
  );
  made.append(head);
  if (use.place) made.append(element("p", "use__place", use.place));
  if (tone === "bad" && use.reason_text) made.append(element("p", "use__reason", use.reason_text));
  made.append(element("p", "use__fields", disclosed(use.disclosed)));
  for (const mark of use.marks) made.append(element("p", "use__mark", mark.title));
  if (!use.marks.some((mark) => mark.kind === "disputed")) made.append(disputeButton(use, made));
  return made;
}

/** "This was not me": a second tap confirms, because the service will look into it. */
function disputeButton(use, shown) {
  const button = element("button", "plain use__dispute", say("uses.dispute"));
  button.type = "button";
  button.addEventListener("click", async () => {
    if (!button.dataset.asked) {
      button.dataset.asked = "yes";
      button.textContent = say("uses.dispute_confirm");
      return;
    }
    await whileDisabled(button, async () => {
      try {
        shown.replaceWith(row(await citizenCall("POST", `/api/v1/me/usage/${use.id}/dispute`)));
      } catch (trouble) {
        button.textContent = explain(trouble);
      }
    });
  });
  return button;
}

const disclosed = (fields) =>
  fields.length ? say("uses.disclosed", { fields: fields.map(({ title }) => title).join(say("uses.comma")) }) : say("uses.nothing_disclosed");
