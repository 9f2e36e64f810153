// Small forms made from a description: a purpose's context fields, or the input a service still needs.

import { element, say } from "./page.js";

/** Fields of a JSON Schema object (string, integer, boolean, enum). */
export function fieldsOfSchema(schema) {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    title: property.title ?? name,
    type: property.type ?? "string",
    choices: property.oneOf?.map(({ const: value, title }) => ({ value, title })) ?? property.enum,
    longest: property.maxLength,
    minimum: property.minimum,
    maximum: property.maximum,
    default: property.default,
    required: (schema.required ?? []).includes(name),
  }));
}

/** Replace the content of `place` by one labelled input per field. */
export function drawFields(place, fields, defaults = {}) {
  place.replaceChildren(...fields.map((field) => row(field, defaults[field.name] ?? field.default)));
}

/** The values typed into `place`, in their types; empty optional fields are left out. */
export function readFields(place) {
  const values = {};
  for (const input of place.querySelectorAll("[data-field]")) {
    const { field, type } = input.dataset;
    if (type === "boolean") values[field] = input.checked;
    else if (input.value === "") continue;
    else values[field] = type === "integer" || type === "number" ? Number(input.value) : input.value;
  }
  return values;
}

/** Faults that the server found, each named by the title of its field; faults of other things are left out. */
export function faultLines(place, faults) {
  return faults.flatMap(({ pointer, message }) => {
    const field = place.querySelector(`[data-field="${CSS.escape(pointer.split("/").at(-1))}"]`);
    return field ? [say("kiosk.fault", { title: field.dataset.title, message })] : [];
  });
}

function row(field, value) {
  const label = element("label", field.type === "boolean" ? "field field_tick" : "field");
  const title = field.required || field.type === "boolean" ? field.title : say("kiosk.optional", { title: field.title });
  const input = field.choices ? chooser(field) : box(field);
  input.dataset.field = field.name;
  input.dataset.type = field.type;
  input.dataset.title = field.title;
  input.required = Boolean(field.required) && field.type !== "boolean";
  if (field.type === "boolean") input.checked = Boolean(value);
  else if (value !== undefined && value !== null) input.value = String(value);
  label.append(element("span", "field__title", title), input);
  return label;
}

function chooser(field) {
  const select = element("select", "field__input");
  if (!field.required) select.append(new Option("", ""));
  for (const choice of field.choices) {
    const [value, title] = typeof choice === "object" ? [choice.value, choice.title] : [choice, choice];
    select.append(new Option(title, value));
  }
  return select;
}

function box(field) {
  const input = element("input", field.type === "boolean" ? "field__tick" : "field__input");
  input.type = { boolean: "checkbox", integer: "number", number: "number" }[field.type] ?? "text";
  input.autocomplete = "off";
  if (field.type === "integer") input.step = "1";
  if (field.longest) input.maxLength = field.longest;
  if (field.minimum !== undefined) input.min = field.minimum;
  if (field.maximum !== undefined) input.max = field.maximum;
  return input;
}
