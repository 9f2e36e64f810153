// What a code is scanned for, and the details that go with it: some are asked before each scan, the rest is set once.

import { titleOfChoice } from "./kiosk-choices.js";
import { forget, keep, recall } from "./kiosk-memory.js";
import { drawFields, readFields } from "./field-form.js";
import { byId, element, say } from "./page.js";

const KEPT = "context"; // {defaults, values}: what staff chose over the defaults of that time

let purposes = [];
let defaults = {};
let shape = ""; // what was drawn: a heartbeat must not wipe what is typed

export const chosenPurpose = () => {
  const chosen = document.querySelector("input[name=purpose]:checked")?.value;
  return purposes.find((purpose) => purpose.id === chosen) ?? purposes[0];
};

/** The purposes for which the session of an `allow` is good: its own, and those that the service adds. */
export function actsAfter(purposeId) {
  const own = purposes.find(({ id }) => id === purposeId);
  return purposes.filter(({ id }) => id === purposeId || own?.session_purposes.includes(id));
}

/** Choose a purpose as if by hand, with its details. */
export function turnTo({ id }) {
  if (chosenPurpose()?.id === id) return;
  for (const radio of document.querySelectorAll("input[name=purpose]")) radio.checked = radio.value === id;
  choosePurpose();
}

/** Learn from a heartbeat what the kiosk may do, and draw it where it has changed. */
export function learnPurposes(answer) {
  purposes = answer.purposes;
  defaults = answer.context?.defaults ?? {};
  const now = JSON.stringify([purposes, defaults]);
  if (now === shape) return;
  shape = now;
  const chooser = byId("purposes");
  chooser.replaceChildren(...purposes.map(purposeButton));
  chooser.hidden = purposes.length < 2;
  byId("purpose-title").hidden = purposes.length !== 1;
  byId("purpose-title").textContent = purposes[0]?.title ?? "";
  choosePurpose();
}

export function forgetPurposes() {
  shape = "";
  purposes = [];
  forget(KEPT);
}

function purposeButton(purpose, index) {
  const label = element("label", "purpose");
  const radio = element("input", "purpose__radio");
  Object.assign(radio, { type: "radio", name: "purpose", value: purpose.id, checked: index === 0 });
  radio.addEventListener("change", () => {
    choosePurpose();
    radio.blur(); // the scanner types next, not a person
  });
  label.append(radio, element("span", "purpose__title", purpose.title));
  return label;
}

function choosePurpose() {
  const fields = (chosenPurpose()?.context_fields ?? []).filter((field) => field.each_scan);
  drawFields(byId("context-fields"), fields, defaults);
  byId("context").hidden = fields.length === 0;
  sayWhatIsSet();
}

/** Fields that are set once, of all purposes, each with a purpose that has it: `{field, purpose}`. */
export function setOnceFields() {
  const found = new Map();
  for (const purpose of purposes) {
    for (const field of purpose.context_fields) {
      if (!field.each_scan && !found.has(field.name)) found.set(field.name, { field, purpose: purpose.id });
    }
  }
  return [...found.values()];
}

/** The values that are set: what staff chose here, as long as the console's defaults are those of that time. */
export function setOnceValues() {
  const kept = recall(KEPT, null);
  return kept?.defaults === JSON.stringify(defaults) ? kept.values : defaults;
}

export function keepSetOnce(values) {
  keep(KEPT, { defaults: JSON.stringify(defaults), values });
  sayWhatIsSet();
}

/** The context of a scan now; `missing` are titles of what staff have not set. */
export function scanContext() {
  const set = setOnceValues();
  const fields = (chosenPurpose()?.context_fields ?? []).filter((field) => !field.each_scan);
  const values = Object.fromEntries(fields.filter(({ name }) => !isEmpty(set[name])).map(({ name }) => [name, set[name]]));
  const missing = fields.filter((field) => field.required && isEmpty(set[field.name])).map(({ title }) => title);
  return { context: { ...values, ...readFields(byId("context-fields")) }, missing };
}

const isEmpty = (value) => value === undefined || value === null || value === "";

/** Say below the purpose what is set, so that a rider sees the line and the driver that it is the right one. */
async function sayWhatIsSet() {
  const set = setOnceValues();
  const purpose = chosenPurpose();
  const fields = (purpose?.context_fields ?? []).filter((field) => !field.each_scan && !isEmpty(set[field.name]));
  const words = await Promise.all(fields.map((field) => wordsOf(field, purpose.id, set)));
  byId("set-words").textContent = words.join(" · ");
  byId("set-words").hidden = words.length === 0;
}

async function wordsOf(field, purpose, set) {
  const value = set[field.name];
  if (field.type === "boolean") return value ? field.title : say("kiosk.not", { title: field.title });
  if (field.listed) return titleOfChoice(field, purpose, set);
  return field.choices?.find((choice) => choice.value === value)?.title ?? String(value);
}
