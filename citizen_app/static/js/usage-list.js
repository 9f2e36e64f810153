// "Who scanned me": the citizen's last uses, refused ones too.

import { shownCall, shownGet } from "./citizen-session.js";
import { dayOf, timeOfDay } from "./city-time.js";
import { byId, element, explain, say, whileDisabled } from "./page.js";

const SHOWN = 8;
const MOST = 100; // what one answer of the server holds
const NOTHING = { cursor: null, day: "", count: 0 };
const RESULTS = { allow: ["good", "uses.allowed"], deny: ["bad", "uses.refused"], needs_input: ["ask", "uses.asked"] };

let end = { ...NOTHING }; // how far the list goes: where the next page begins, its last day, how many uses

/** "Library · borrow", of what the answer names. */
export const placeAndPurpose = (use) => [use.place, use.purpose_title].filter(Boolean).join(" · ");

/** The newest use, or null; cheap enough to ask each second. */
export async function newestUse() {
  return (await shownGet("/api/v1/me/usage?limit=1")).items[0] ?? null;
}

/** Read the newest uses anew, as many as are on the page, and show them by day. */
export async function showUses() {
  const list = byId("uses");
  try {
    const newest = await read(Math.min(Math.max(end.count, SHOWN), MOST));
    end = { ...NOTHING };
    list.replaceChildren(...(newest.items.length ? byDay(newest) : [element("p", "quiet", say("uses.none"))]));
  } catch (trouble) {
    end = { ...NOTHING };
    list.replaceChildren(element("p", "quiet", explain(trouble)));
  }
  drawMore();
}

/** Wire the button that shows earlier uses. */
export function prepareUses() {
  byId("more-uses").addEventListener("click", (event) => whileDisabled(event.currentTarget, showMore));
}

async function showMore() {
  byId("uses-trouble").textContent = "";
  const from = end;
  try {
    const earlier = await read(SHOWN, from.cursor);
    if (end !== from) return; // the list was read anew meanwhile
    const parts = byDay(earlier);
    byId("uses").append(...parts);
    drawMore();
    // The button is gone with the last page, and a focus must not be lost.
    if (byId("more-uses").hidden) focusOn(parts.find((part) => part.matches(".use")));
  } catch (trouble) {
    byId("uses-trouble").textContent = explain(trouble);
  }
}

const read = (limit, cursor) =>
  shownGet(`/api/v1/me/usage?${new URLSearchParams({ limit, ...(cursor && { cursor }) })}`);

function drawMore() {
  byId("more-uses").hidden = !end.cursor;
}

function focusOn(shown) {
  if (!shown) return;
  shown.tabIndex = -1;
  shown.focus();
}

/** The rows of one more page, under a heading where a day begins; moves the end of what is shown. */
function byDay({ items, next_cursor: cursor }) {
  const parts = [];
  let { day } = end;
  for (const use of items) {
    const its = dayOf(use.occurred_at);
    if (its !== day) parts.push(element("h3", "uses__day", its));
    day = its;
    parts.push(row(use));
  }
  end = { cursor, day, count: end.count + items.length };
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
  const where = use.channel === "scan" ? use.place : use.channel_title;
  if (where) made.append(element("p", "use__place", where));
  if (use.by) made.append(element("p", "use__place", [use.by.title, use.by.masked_name].filter(Boolean).join(" ")));
  if (use.done_for !== null) made.append(element("p", "use__place", say("uses.done_for", { whom: use.done_for || say("uses.somebody") })));
  if (use.channel !== "scan") for (const line of use.lines) made.append(element("p", "use__fields", line));
  if (tone === "bad" && use.reason_text) made.append(element("p", "use__reason", use.reason_text));
  made.append(element("p", "use__fields", disclosed(use.disclosed)));
  for (const mark of use.marks)
    for (const words of [mark.title, ...mark.lines, mark.reason])
      if (words) made.append(element("p", "use__mark", words));
  if (use.done_for === null && !use.marks.some((mark) => mark.kind === "disputed")) made.append(disputeButton(use, made));
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
        shown.replaceWith(row(await shownCall("POST", `/api/v1/me/usage/${use.id}/dispute`)));
      } catch (trouble) {
        button.textContent = explain(trouble);
      }
    });
  });
  return button;
}

const disclosed = (fields) =>
  fields.length ? say("uses.disclosed", { fields: fields.map(({ title }) => title).join(say("uses.comma")) }) : say("uses.nothing_disclosed");
