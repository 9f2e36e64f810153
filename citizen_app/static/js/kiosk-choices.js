// Details that are chosen from the service's lists, one list depending on another: the stops of the chosen line.

import { choicesOf } from "./kiosk-link.js";
import { byId, element, say } from "./page.js";

const TYPING = 250; // milliseconds of silence before what was typed is looked for

const chosenBefore = (field, values) => field.depends_on.map((name) => String(values[name] ?? ""));

/** What a chosen value is called; the value itself where the list cannot be had. */
export async function titleOfChoice(field, purpose, values) {
  const value = String(values[field.name]);
  try {
    const { choices } = await choicesOf(purpose, field.name, chosenBefore(field, values), value);
    const exact = choices.find((choice) => choice.value === value);
    return exact?.title ?? value;
  } catch {
    return value;
  }
}

/** Draw a field whose choices the service knows, below `place`; `values` are those set, `read()` those on the screen now. */
export function drawListed(place, { field, purpose }, values, read) {
  const select = element("select", "field__input");
  Object.assign(select.dataset, { field: field.name, type: field.type, title: field.title });
  select.required = field.required;
  const label = element("label", "field");
  const title = field.required ? field.title : say("kiosk.optional", { title: field.title });
  label.append(element("span", "field__title", title), select);
  const finder = element("input", "field__input finder");
  Object.assign(finder, { type: "search", placeholder: say("kiosk.find_choice", { title: field.title }), autocomplete: "off", hidden: true });
  finder.setAttribute("aria-label", finder.placeholder);
  const more = element("p", "quiet", say("kiosk.more_choices"));
  more.hidden = true;
  place.append(label, finder, more);

  let asked = 0;
  const fill = async (value) => {
    const turn = (asked += 1);
    const before = chosenBefore(field, read());
    try {
      const found = await choicesOf(purpose, field.name, before, finder.value.trim());
      if (turn !== asked) return; // a later question has been asked meanwhile
      const typed = finder.value.trim();
      const asTyped = found.choices.length || !typed ? [] : [{ value: typed, title: typed }]; // no list, no limit
      offer(select, [...found.choices, ...asTyped], asTyped.length ? typed : value);
      more.hidden = !found.more;
      if (found.more || (!found.choices.length && before.every(Boolean))) finder.hidden = false;
    } catch {
      if (turn === asked) offer(select, [], value);
      byId("set-once-trouble").textContent = say("kiosk.set_once_lost");
    }
  };
  let typing = 0;
  finder.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => fill(select.value), TYPING);
  });
  finder.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // looks, and does not send the settings
  });
  offer(select, [], values[field.name]);
  return { name: field.name, dependsOn: field.depends_on, select, fill };
}

/** Fill the lists in turn, and those that depend on one anew when it changes. */
export async function keepListsInStep(lists, values) {
  for (const list of lists) {
    list.select.addEventListener("change", async () => {
      for (const other of lists.filter(({ dependsOn }) => dependsOn.includes(list.name))) {
        await other.fill("");
        other.select.dispatchEvent(new Event("change"));
      }
    });
  }
  for (const list of lists) await list.fill(values[list.name]);
}

/** Offer the choices; a value that is set stays to be chosen though the list does not have it. */
function offer(select, choices, value) {
  const kept = value === undefined || value === null ? "" : String(value);
  const known = choices.some((choice) => choice.value === kept);
  const options = choices.map((choice) => new Option(choice.title, choice.value));
  if (kept && !known) options.unshift(new Option(kept, kept));
  select.replaceChildren(new Option(say("kiosk.choose"), ""), ...options);
  select.value = kept;
}
