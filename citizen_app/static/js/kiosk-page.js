// The kiosk page: activation once, then read codes by camera, scanner or hand and show the answer.

import { call } from "./api.js";
import { timeToTheSecond } from "./city-time.js";
import { prepareCamera, switchCameraOff, switchCameraOnAgain } from "./kiosk-camera.js";
import { saidOfForeign } from "./kiosk-foreign.js";
import { activate, forgetToken, hasToken, heartbeat, newScan, newScanInSession, sendAnswer, sendScan } from "./kiosk-link.js";
import { preparePin, resetPin, unlockToken } from "./kiosk-pin.js";
import { prepareAttract, wake } from "./kiosk-attract.js";
import { actsAfter, chosenPurpose, forgetPurposes, learnPurposes, scanContext, setOnceFields, turnTo } from "./kiosk-purposes.js";
import {
  askForInput, closeResult, isAsking, isWaiting, showDecision, showFaults, showRefusal, showTrouble,
} from "./kiosk-result.js";
import { clearSearch, prepareSearch } from "./kiosk-search.js";
import { drawSession, endSession, keepSession, sessionToken } from "./kiosk-session.js";
import { drawSettings, prepareSettings } from "./kiosk-settings.js";
import { countDecision, drawTally, forgetTally } from "./kiosk-tally.js";
import { wordsFor } from "./kiosk-troubles.js";
import { byId, explain, say, showOnly, whileDisabled } from "./page.js";
import { listenForScanner } from "./scanner-keyboard.js";
import { clockAhead } from "./server-clock.js";

const PARTS = ["insecure", "activation", "reader", "pin", "settings", "search"];
const HEARTBEAT_EVERY = 30_000;
const FORGOTTEN = 120_000; // milliseconds without a touch after which settings close

const signed = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero" });

let lastHeartbeat = null;
let reachable = false; // whether the last request got an answer
let sending = false;
let usedAt = Date.now();
let afterPin = () => {};

function start() {
  // Without HTTPS a browser gives no camera and no storage worth trusting: say so instead of half working.
  if (!window.isSecureContext) return show("insecure");
  wireActivation();
  wireReader();
  wireStaff();
  prepareAttract(() => !byId("reader").hidden && byId("result").hidden && !sending);
  leaveFieldsWhenDone();
  listenForScanner(take);
  window.addEventListener("online", beat);
  window.addEventListener("offline", drawStatus);
  setInterval(() => { if (hasToken()) beat(); }, HEARTBEAT_EVERY);
  setInterval(drawStatus, 1000);
  setInterval(drawSession, 1000);
  setInterval(leaveWhenForgotten, 1000);
  const code = codeOfLink();
  if (hasToken() && !code) enter();
  else showActivation();
  if (!code) return undefined;
  byId("activation-code").value = code;
  // A device that is a kiosk already is not turned into another by a link alone: somebody presses the button.
  if (!hasToken()) byId("activation-form").requestSubmit(byId("activation-send"));
  return undefined;
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
}

/** The code of an activation link, taken out of the address at once: it stays in no history. */
function codeOfLink() {
  const code = new URLSearchParams(location.hash.slice(1)).get("activate") ?? "";
  if (code) history.replaceState(null, "", location.pathname + location.search);
  return code;
}

async function tryActivation(button, findCode) {
  byId("activation-trouble").textContent = "";
  await whileDisabled(button ?? byId("activation-send"), async () => {
    try {
      await activate(await findCode());
      byId("activation-code").value = "";
      await enter();
      if (setOnceFields().length) showSettings(); // whoever activates a kiosk is staff, and sets it up
    } catch (trouble) {
      byId("activation-trouble").textContent = explain(trouble);
    }
  });
}

function showActivation(words = "") {
  switchCameraOff();
  closeResult();
  endSession();
  forgetPurposes();
  forgetTally();
  lastHeartbeat = null;
  for (const id of ["kiosk-name", "kiosk-place"]) byId(id).textContent = "";
  byId("activation-trouble").textContent = words;
  show("activation");
}

function show(part) {
  showOnly(part, PARTS);
  byId("open-settings").hidden = part !== "reader";
  byId("online").hidden = part === "activation" || part === "insecure";
  usedAt = Date.now();
}

// --- staff --------------------------------------------------------------------------------------

function wireStaff() {
  byId("open-settings").addEventListener("click", () => askForPin(showSettings, true));
  preparePin(() => afterPin(), () => show("reader"));
  byId("open-search").addEventListener("click", () => askForPin(showSearch));
  prepareSearch(() => askForPin(showSearch), showSettings);
  prepareSettings(() => show("reader"), () => {
    forgetToken();
    showActivation();
  });
  for (const event of ["pointerdown", "keydown", "input"]) window.addEventListener(event, () => { usedAt = Date.now(); }, { passive: true, capture: true });
}

/** Go on to `next` behind the PIN: asked for each time, or only where the last one opens no lists any more. */
function askForPin(next, always = false) {
  if (!always && unlockToken()) return next();
  afterPin = next;
  show("pin");
  return resetPin();
}

function showSearch() {
  clearSearch();
  show("search");
  byId("search-words").focus();
}

function showSettings() {
  clearSearch();
  show("settings");
  drawSettings();
}

/** Settings that were left open close by themselves, as they were. */
function leaveWhenForgotten() {
  const isOpen = ["settings", "pin", "search"].some((part) => !byId(part).hidden);
  if (!isOpen || Date.now() - usedAt <= FORGOTTEN) return;
  clearSearch();
  show("reader");
}

// --- the tie to the server ----------------------------------------------------------------------

async function enter() {
  show("reader");
  drawTally();
  switchCameraOnAgain();
  drawStatus();
  await beat();
}

async function beat() {
  try {
    const answer = await heartbeat();
    lastHeartbeat = new Date();
    reachable = true;
    byId("kiosk-name").textContent = answer.kiosk.name;
    byId("kiosk-place").textContent = answer.kiosk.place;
    byId("open-search").hidden = !answer.search;
    learnPurposes(answer);
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
  prepareCamera(take);
  byId("close-result").addEventListener("click", closeResult);
  byId("end-session").addEventListener("click", endSession);
}

/** A code was read, by whatever eye. While a question or a kept code is on the screen, nothing else is taken. */
function take(text) {
  wake();
  const code = text.trim();
  // A clerk opens self-service on this screen by showing its link to the reader.
  if (code.startsWith(`${location.origin}/self-service#acting=`)) return location.assign(code);
  const foreign = saidOfForeign(code);
  if (!foreign) return takeWith(newScan, code);
  if (sending || isWaiting() || byId("reader").hidden) return undefined;
  byId("typed").value = "";
  return showRefusal({ title: say("kiosk.foreign"), lines: [foreign, say("kiosk.unreadable_next")] });
}

function goOnWith(act) {
  turnTo(act);
  takeWith(newScanInSession, sessionToken());
}

/** One scan for the chosen purpose, made by `make(proof, purpose, context)` from a code or a session. */
function takeWith(make, proof) {
  const purpose = chosenPurpose();
  if (!proof || sending || isWaiting() || byId("reader").hidden) return;
  if (!purpose) return showTrouble({ title: say("kiosk.not_ready"), lines: [say("kiosk.not_ready_next")] });
  if (!byId("context").hidden && !byId("context").reportValidity()) return;
  const { context, missing } = scanContext();
  if (missing.length) return showTrouble({ title: say("kiosk.not_set"), lines: [say("kiosk.not_set_next", { fields: missing.join("、") })] });
  submit(make(proof, purpose.id, context));
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
    keepSession(decision, Boolean(scan.session), actsAfter(decision.purpose), goOnWith);
    if (decision.decision === "needs_input") askForInput(decision, (values) => answer(scan, values));
    else showDecision(decision);
    countDecision(decision);
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
