// The eye beside the masked name: one tap shows it whole, for a few seconds, because others look on.

import { citizenGet } from "./citizen-session.js";
import { byId, explain, say, whileDisabled } from "./page.js";

const SHOWN_FOR = 10_000; // milliseconds

let masked = "";
let timer = 0;

export function prepareEye() {
  byId("eye").addEventListener("click", (event) => whileDisabled(event.currentTarget, turn));
}

/** Show a name, masked; `own` says whether it can be shown whole. */
export function showName(name, own) {
  masked = name;
  byId("eye").hidden = !own;
  cover();
}

async function turn() {
  if (byId("eye").getAttribute("aria-pressed") === "true") return cover();
  try {
    const { name } = await citizenGet("/api/v1/me/name");
    if (!name) return;
    byId("citizen-name").textContent = name;
    byId("eye").setAttribute("aria-pressed", "true");
    byId("eye").setAttribute("aria-label", say("code.cover_name"));
    timer = setTimeout(cover, SHOWN_FOR);
  } catch (trouble) {
    byId("card-trouble").textContent = explain(trouble);
  }
}

function cover() {
  clearTimeout(timer);
  byId("citizen-name").textContent = masked;
  byId("eye").setAttribute("aria-pressed", "false");
  byId("eye").setAttribute("aria-label", say("code.show_name"));
}
