// The kiosk page: activation once, then read codes by camera, scanner or hand and show the answer.

import { call } from "./api.js";
import { timeToTheSecond } from "./city-time.js";
import { drawFields, readFields } from "./field-form.js";
import { activate, forgetToken, hasToken, heartbeat, newScan, newScanInSession, sendAnswer, sendScan } from "./kiosk-link.js";
import {
  askForInput, closeResult, isAsking, isWaiting, showDecision, showFaults, showRefusal, showTrouble,
} from "./kiosk-result.js";
import { drawSession, endSession, keepSession, sessionToken } from "./kiosk-session.js";
import { wordsFor } from "./kiosk-troubles.js";
import { byId, element, explain, say, showOnly, whileDisabled } from "./page.js";
import { startCamera } from "./scanner-camera.js";
import { listenForScanner } from "./scanner-keyboard.js";
import { clockAhead } from "./server-clock.js";

const PARTS = ["insecure", "activation", "reader"];
const HEARTBEAT_EVERY = 30_000;

const signed = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero" });

let purposes = [];
let defaults = {};
let shape = ""; // what the purposes looked like when drawn: a heartbeat must not wipe typed context
let lastHeartbeat = null;
let reachable = false; // whether the last request got an answer
let sending = false;
let stopCamera = null;

function start() {
  // Without HTTPS a browser gives no camera and no storage worth trusting: say so instead of half working.
  if (!window.isSecureContext) return showOnly("insecure", PARTS);
  wireActivation();
  wireReader();
  leaveFieldsWhenDone();
  listenForScanner(take);
  window.addEventListener("online", beat);
  window.addEventListener("offline", drawStatus);
  setInterval(() => { if (hasToken()) beat(); }, HEARTBEAT_EVERY);
  setInterval(drawStatus, 1000);
  setInterval(drawSession, 1000);
  if (hasToken()) enter();
  else showActivation();
}

// --- activation ---------------------------------------------------------------------------------

function wireActivation() {
  byId("activation-form").addEventListener("submit", (event) => {
    event.preventDefault();
    tryActivation(event.submitter, async () => byId("activation-code").value.trim());
  });
  for (const button of document.querySelectorAll("[data-activation-path]")) {
    button.addEventListener("click", () => tryActivation(button, async () =>
      (await call("POST", button.dataset.activationPath)).activation_code));
  }
  byId("sign-off").addEventListener("click", () => {
    forgetToken();
    showActivation();
  });
}

async function tryActivation(button, findCode) {
  byId("activation-trouble").textContent = "";
  await whileDisabled(button ?? byId("activation-send"), async () => {
    try {
      await activate(await findCode());
      byId("activation-code").value = "";
      await enter();
    } catch (trouble) {
      byId("activation-trouble").textContent = explain(trouble);
    }
  });
}

function showActivation(words = "") {
  switchCameraOff();
  closeResult();
  endSession();
  shape = "";
  lastHeartbeat = null;
  byId("activation-trouble").textContent = words;
  showOnly("activation", PARTS);
}

// --- the tie to the server ----------------------------------------------------------------------

async function enter() {
  showOnly("reader", PARTS);
  drawStatus();
  await beat();
}

async function beat() {
  try {
    const answer = await heartbeat();
    lastHeartbeat = new Date();
    reachable = true;
    ({ purposes } = answer);
    defaults = answer.context?.defaults ?? {};
    byId("kiosk-name").textContent = answer.kiosk.name;
    byId("kiosk-place").textContent = answer.kiosk.place;
    drawPurposes();
  } catch (trouble) {
    reachable = trouble.kind !== "network";
    if (trouble.status === 401) {
      forgetToken();
      showActivation(say("kiosk.token_refused"));
    }
  }
  drawStatus();
}

function drawStatus() {
  const fresh = lastHeartbeat && Date.now() - lastHeartbeat < 2.5 * HEARTBEAT_EVERY;
  const online = navigator.onLine && reachable && fresh;
  const dot = byId("online");
  const words = say(online ? "kiosk.online" : "kiosk.offline");
  dot.dataset.state = online ? "online" : "offline";
  if (dot.textContent !== words) dot.textContent = words; // a screen reader speaks what is written anew
  byId("clock-offset").textContent = say("kiosk.clock", { seconds: signed.format(clockAhead()) });
  byId("last-heartbeat").textContent = lastHeartbeat
    ? say("kiosk.heartbeat", { time: timeToTheSecond(lastHeartbeat) })
    : say("kiosk.no_heartbeat");
}

// --- what the code is scanned for ---------------------------------------------------------------

function drawPurposes() {
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

const chosenPurpose = () => {
  const chosen = document.querySelector("input[name=purpose]:checked")?.value;
  return purposes.find((purpose) => purpose.id === chosen) ?? purposes[0];
};

function choosePurpose() {
  const fields = chosenPurpose()?.context_fields ?? [];
  drawFields(byId("context-fields"), fields, defaults);
  byId("context").hidden = fields.length === 0;
}

/** After a detail is filled in, the scanner is next: an Enter or a choice by pointer gives the focus back. */
function leaveFieldsWhenDone() {
  const context = byId("context");
  context.addEventListener("submit", (event) => event.preventDefault()); // Enter in a lone field would load the page anew
  context.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) event.target.blur();
  });
  context.addEventListener("change", ({ target }) => {
    if (!target.matches(":focus-visible")) target.blur(); // who goes by keyboard keeps the place
  });
}

// --- reading ------------------------------------------------------------------------------------

function wireReader() {
  byId("typed-form").addEventListener("submit", (event) => {
    event.preventDefault();
    take(byId("typed").value);
  });
  // A code has no line break, so Enter means "read it"; a pasted code is complete and needs no further press.
  byId("typed").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    byId("typed-form").requestSubmit();
  });
  byId("typed").addEventListener("paste", (event) => {
    const pasted = event.clipboardData.getData("text").trim();
    if (!pasted.startsWith("CC1:")) return;
    event.preventDefault();
    byId("typed").value = pasted;
    byId("typed-form").requestSubmit();
  });
  byId("camera-on").addEventListener("click", (event) => whileDisabled(event.currentTarget, switchCameraOn));
  byId("camera-off").addEventListener("click", switchCameraOff);
  byId("close-result").addEventListener("click", closeResult);
  byId("go-on").addEventListener("click", () => takeWith(newScanInSession, sessionToken()));
  byId("end-session").addEventListener("click", endSession);
}

async function switchCameraOn() {
  const { reader } = byId("camera").dataset;
  byId("camera-trouble").textContent = "";
  try {
    stopCamera = await startCamera(byId("video"), JSON.parse(reader), take);
    byId("camera").dataset.state = "on";
  } catch (error) {
    const known = { NotAllowedError: "kiosk.camera_refused", NotFoundError: "kiosk.camera_missing" };
    byId("camera-trouble").textContent = say(known[error.name] ?? "kiosk.camera_failed");
  }
}

function switchCameraOff() {
  stopCamera?.();
  stopCamera = null;
  byId("camera").dataset.state = "off";
}

/** A code was read, by whatever eye. While a question or a kept code is on the screen, nothing else is taken. */
const take = (text) => takeWith(newScan, text.trim());

/** One scan for the chosen purpose, made by `make(proof, purpose, context)` from a code or a session. */
function takeWith(make, proof) {
  const purpose = chosenPurpose();
  if (!proof || sending || isWaiting() || byId("reader").hidden) return;
  if (!purpose) return showTrouble({ title: say("kiosk.not_ready"), lines: [say("kiosk.not_ready_next")] });
  if (!byId("context").hidden && !byId("context").reportValidity()) return;
  submit(make(proof, purpose.id, readFields(byId("context-fields"))));
}

const submit = (scan) => settle(() => sendScan(scan), scan, () => submit(scan));

/** Send, then show: the decision, the question it asks, or the trouble with a way to try the same scan again. */
async function settle(send, scan, retry) {
  sending = true;
  byId("busy").hidden = false;
  try {
    const decision = await send();
    reachable = true;
    byId("typed").value = "";
    keepSession(decision, Boolean(scan.session));
    if (decision.decision === "needs_input") askForInput(decision, (values) => answer(scan, values));
    else showDecision(decision);
  } catch (trouble) {
    reachable = trouble.kind !== "network";
    drawStatus();
    if (trouble.status === 401) {
      forgetToken();
      showActivation(say("kiosk.token_refused"));
    } else if (trouble.status === 422 && isAsking()) showFaults(trouble.errors, explain(trouble));
    else showWhy(wordsFor(trouble), () => { closeResult(); retry(); });
  } finally {
    sending = false;
    byId("busy").hidden = true;
  }
}

const showWhy = (words, retry) => (words.again ? showTrouble(words, retry) : showRefusal(words));

const answer = (scan, values) => settle(() => sendAnswer(scan.scan_id, values), scan, () => answer(scan, values));

start();
