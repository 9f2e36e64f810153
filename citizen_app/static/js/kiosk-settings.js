// What staff set behind the PIN: what this kiosk is (line, stop, gate), its sounds, and switching it off.

import { drawListed, keepListsInStep } from "./kiosk-choices.js";
import { keep, recall } from "./kiosk-memory.js";
import { keepSetOnce, setOnceFields, setOnceValues } from "./kiosk-purposes.js";
import { drawFields, readFields } from "./field-form.js";
import { byId, element, say } from "./page.js";

const SURE = 4000; // milliseconds in which the second tap must come

/** Wire the page; `onDone()` when staff are through, `onSignOff()` when the kiosk is to stop being one. */
export function prepareSettings(onDone, onSignOff) {
  for (const [id, otherwise] of [["sound-on", true], ["speech-on", false], ["print-on", false]]) {
    byId(id).checked = recall(id, otherwise);
    byId(id).addEventListener("change", () => keep(id, byId(id).checked));
  }
  byId("settings-form").addEventListener("submit", (event) => {
    event.preventDefault();
    keepSetOnce(readFields(byId("set-once")));
    onDone();
  });
  let asked = 0;
  byId("sign-off").addEventListener("click", ({ currentTarget: button }) => {
    if (Date.now() - asked < SURE) {
      asked = 0;
      button.textContent = say("kiosk.sign_off");
      onSignOff();
      return;
    }
    asked = Date.now();
    button.textContent = say("kiosk.sign_off_sure");
    setTimeout(() => { button.textContent = say("kiosk.sign_off"); }, SURE);
  });
}

/** Draw what can be set, with what is. */
export async function drawSettings() {
  const wanted = setOnceFields();
  const values = setOnceValues();
  const place = byId("set-once");
  byId("set-once-trouble").textContent = "";
  byId("set-once-none").hidden = wanted.length > 0;
  place.replaceChildren();
  const lists = [];
  for (const one of wanted) {
    const box = element("div");
    place.append(box);
    if (one.field.listed) lists.push(drawListed(box, one, values, () => readFields(place)));
    else drawFields(box, [one.field], values);
  }
  await keepListsInStep(lists, values);
}
