// Reads [{name, resource}] from standard input and says which are no valid FHIR R4, and why. Resources of a
// Bundle are judged one by one, too.
"use strict";
const { Fhir } = require("fhir");

const fhir = new Fhir();
const input = JSON.parse(require("fs").readFileSync(0, "utf8"));
const all = input.flatMap(({ name, resource }) => [
  { name, resource },
  ...(resource.entry || []).map((one, at) => ({ name: `${name} entry ${at}`, resource: one.resource })),
]);
const faults = [];
for (const { name, resource } of all) {
  const found = fhir.validate(resource, { errorOnUnexpected: true });
  const messages = found.messages.filter((one) => one.severity === "error" || one.severity === "fatal");
  if (!found.valid || messages.length) faults.push({ name, messages });
}
process.stdout.write(JSON.stringify({ judged: all.length, faults }));
