// The kiosk's camera: on by hand once, then again by itself; first of all on a phone, which has no other eye.

import { keep, recall } from "./kiosk-memory.js";
import { byId, say, whileDisabled } from "./page.js";
import { startCamera } from "./scanner-camera.js";

const KEPT = "camera";
const PHONE = "(max-width: 599px) and (orientation: portrait)";

let stopCamera = null;
let onCode = () => {};

/** Wire the buttons; `take(text)` for each code that is read. */
export function prepareCamera(take) {
  onCode = take;
  byId("camera-on").addEventListener("click", (event) => whileDisabled(event.currentTarget, () => switchCameraOn()));
  byId("camera-off").addEventListener("click", () => {
    keep(KEPT, false);
    switchCameraOff();
  });
}

/** Switch it on without a hand where it was on before; on a phone unless it was switched off. */
export function switchCameraOnAgain() {
  if (!stopCamera && recall(KEPT, matchMedia(PHONE).matches)) switchCameraOn();
}

async function switchCameraOn() {
  byId("camera-trouble").textContent = "";
  try {
    stopCamera = await startCamera(byId("video"), JSON.parse(byId("camera").dataset.reader), onCode);
    byId("camera").dataset.state = "on";
    keep(KEPT, true);
  } catch (error) {
    const known = { NotAllowedError: "kiosk.camera_refused", NotFoundError: "kiosk.camera_missing" };
    byId("camera-trouble").textContent = say(known[error.name] ?? "kiosk.camera_failed");
  }
}

export function switchCameraOff() {
  stopCamera?.();
  stopCamera = null;
  byId("camera").dataset.state = "off";
}
