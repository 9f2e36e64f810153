// The entry: the list of services follows what is typed. Without this script the form asks the server for the page.

import { call } from "./api.js";
import { byId, explain, say } from "./page.js";

const PAUSE = 250; // milliseconds without a key before the server is asked

let waiting = 0;
let asked = 0;

function start() {
  const form = byId("search");
  if (!form) return; // no service is open
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    find();
  });
  byId("search-words").addEventListener("input", (event) => { if (!event.isComposing) findSoon(); });
  byId("search-words").addEventListener("compositionend", findSoon);
}

function findSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(find, PAUSE);
}

async function find() {
  clearTimeout(waiting);
  asked += 1;
  const mine = asked;
  const q = byId("search-words").value.trim();
  try {
    const { items } = await call("GET", `/api/v1/services?${new URLSearchParams({ q })}`);
    if (mine === asked) show(new Set(items.map(({ id }) => id)), q);
  } catch (trouble) {
    if (mine === asked) byId("found").textContent = explain(trouble);
  }
}

function show(found, q) {
  for (const service of document.querySelectorAll("[data-service]")) service.hidden = !found.has(service.dataset.service);
  byId("services").hidden = found.size === 0;
  byId("found").textContent = q ? say(found.size ? "entry.found" : "entry.found_none", { count: found.size }) : "";
}

start();
