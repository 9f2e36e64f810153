// What a kiosk shows while nobody is there: large words and a moving mark, gone at the first touch, key or code.

import { byId } from "./page.js";

const IDLE = 90_000; // milliseconds without anybody
const LOOK_EVERY = 1000;

let usedAt = Date.now();

/** Show it over the reader when nobody has been there for a while; `mayShow()` says whether the reader is free. */
export function prepareAttract(mayShow) {
  for (const event of ["pointerdown", "keydown"]) window.addEventListener(event, wake, { passive: true, capture: true });
  setInterval(() => {
    const idle = Date.now() - usedAt > IDLE;
    if (!idle || !mayShow()) hide();
    else byId("attract").hidden = false;
  }, LOOK_EVERY);
}

/** Somebody is there. */
export function wake() {
  usedAt = Date.now();
  hide();
}

function hide() {
  byId("attract").hidden = true;
}
