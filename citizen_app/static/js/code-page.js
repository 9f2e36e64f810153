// The code page: sign in, show a fresh code, say when it was used.

import { actFor, citizenGet, closeSession, resumeSession, shownGet, whenSessionEnds } from "./citizen-session.js";
import { timeOfDay } from "./city-time.js";
import { offerNotice, offerService, prepareConsent } from "./consent-card.js";
import { byId, element, explain, say, showOnly, whileDisabled } from "./page.js";
import { prepareEye, showName } from "./name-eye.js";
import { drawCode } from "./qr-picture.js";
import { serverNow } from "./server-clock.js";
import { prepareTabs, renewTab, showTabs } from "./service-tabs.js";
import { prepareSignIn, resetSignIn } from "./sign-in.js";
import { newestUse, placeAndPurpose, prepareUses, showUses } from "./usage-list.js";
import { askedFor, showWhose } from "./whose-code.js";

const PARTS = ["starting", "sign-in", "signed-in"];
const FACES = ["face-code", "face-used"];
const RETRY_AFTER = 3000; // milliseconds between attempts while there is no connection
const WATCH_ON = 60_000; // milliseconds after a use in which further ones are still looked for: five books on one code

let code = null; // {text, from, refreshAt, expiresAt}, milliseconds of the server's clock
let lastUse; // id of the newest use known, null for none, undefined while not yet asked
let showing = false; // the code side of the card is up and the citizen is signed in
let watchUntil = 0;
let fetching = false;
let looking = false;
let retryAt = 0;
let screenLock = null;

async function start() {
  prepareSignIn(enter);
  prepareUses();
  prepareConsent();
  prepareEye();
  prepareTabs();
  whenSessionEnds(askToSignInAgain);
  byId("refresh").addEventListener("click", (event) => whileDisabled(event.currentTarget, refreshByHand));
  byId("show-again").addEventListener("click", showCode);
  byId("sign-out").addEventListener("click", (event) => whileDisabled(event.currentTarget, leave));
  byId("copy")?.addEventListener("click", copyCode);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && showing) holdScreen(); });
  setInterval(tick, 250);
  setInterval(lookForUse, 1000);
  if (byId("page").dataset.session !== "yes") return showSignIn();
  try {
    await resumeSession();
    await enter();
  } catch (trouble) {
    showSignIn();
    if (trouble.status !== 401) byId("sign-in-trouble").textContent = explain(trouble);
  }
}

function showSignIn() {
  showing = false;
  watchUntil = 0;
  code = null;
  resetSignIn();
  showOnly("sign-in", PARTS);
}

/** Ended while the page was in use: go to the sign-in at once and say why. */
function askToSignInAgain() {
  if (byId("signed-in").hidden) return;
  showSignIn();
  byId("sign-in-trouble").textContent = say("signin.ended");
}

async function enter() {
  actFor(askedFor());
  showOnly("signed-in", PARTS);
  window.scrollTo(0, 0); // the tap may have been far down a list
  await Promise.all([showCode(), introduce()]);
  showUses();
  if (!askedFor()) offerNotice();
}

/** Whose code it is, and for what else there are codes. */
async function introduce() {
  try {
    const me = await citizenGet("/api/v1/me");
    const ward = showWhose(me);
    if (ward) showName(ward.masked_name || say("code.ward"), false);
    else showName(askedFor() ? "" : me.masked_name || me.masked_phone, Boolean(me.masked_name) && !askedFor());
    await showTabs(ward ? ward.services : null);
  } catch (trouble) {
    byId("card-trouble").textContent = explain(trouble);
  }
}

async function leave() {
  try {
    await closeSession();
    showSignIn();
  } catch (trouble) {
    byId("card-trouble").textContent = explain(trouble);
  }
}

async function showCode() {
  code = null;
  lastUse = undefined;
  watchUntil = 0;
  showOnly("face-code", FACES);
  showing = true;
  holdScreen();
  await Promise.all([renew(), lookForUse()]);
}

/** Fetch and draw a code; on failure the old one stays as long as it is valid, with words beside it. */
async function renew() {
  if (fetching) return false;
  fetching = true;
  try {
    const fresh = await shownGet("/api/v1/me/code");
    await drawCode(byId("qr"), fresh.code);
    code = {
      text: fresh.code, from: serverNow(),
      refreshAt: Date.parse(fresh.refresh_at), expiresAt: Date.parse(fresh.expires_at),
    };
    byId("card-trouble").textContent = "";
    return true;
  } catch (trouble) {
    byId("card-trouble").textContent = explain(trouble);
    retryAt = Date.now() + RETRY_AFTER;
    return false;
  } finally {
    fetching = false;
    tick();
  }
}

async function refreshByHand() {
  // Emptied first: a screen reader speaks a text that changes.
  byId("announcement").textContent = "";
  if (await renew()) byId("announcement").textContent = say("code.renewed");
}

function tick() {
  if (!showing || document.hidden) return;
  const now = serverNow();
  const valid = code !== null && now < code.expiresAt;
  byId("qr").classList.toggle("code-picture_void", !valid);
  byId("void-note").hidden = valid || (fetching && !code);
  if (byId("copy")) byId("copy").disabled = !valid;
  const left = code ? Math.max(0, code.refreshAt - now) : 0;
  byId("countdown").textContent = left ? say("code.countdown", { seconds: Math.ceil(left / 1000) }) : say("code.renewing");
  byId("bar").style.transform = `scaleX(${code ? left / Math.max(1, code.refreshAt - code.from) : 0})`;
  if (left === 0 && !fetching && Date.now() >= retryAt) renew();
}

/** After a scan the card turns over; asked for only while the code is on the screen, and a while longer. */
async function lookForUse() {
  const wanted = () => showing || Date.now() < watchUntil;
  if (looking || document.hidden || !wanted()) return;
  looking = true;
  try {
    const use = await newestUse();
    const known = lastUse;
    lastUse = use?.id ?? null;
    if (known === undefined || lastUse === known || !wanted()) return; // what was used before this code is no news
    showUses();
    renewTab();
    if (use.channel !== "scan") return; // what a desk or a form did is no use of this code
    if (showing ? use.decision !== "needs_input" : use.decision === "allow") showUsed(use);
  } catch {
    // The countdown tells of a lost connection; a missed look needs no words of its own.
  } finally {
    looking = false;
  }
}

function showUsed(use) {
  const good = use.decision === "allow";
  showing = false;
  watchUntil = Date.now() + WATCH_ON;
  screenLock?.release().catch(() => {});
  byId("face-used").dataset.tone = good ? "good" : "bad";
  byId("used-title").textContent = good ? say("code.used") : use.title;
  byId("used-where").textContent = placeAndPurpose(use);
  byId("used-when").textContent = timeOfDay(use.occurred_at);
  byId("used-lines").replaceChildren(...use.lines.map((line) => element("p", "", line)));
  showOnly("face-used", FACES);
  if (use.reason === "consent_missing" && !askedFor()) offerService(use.service);
}

async function copyCode() {
  try {
    await navigator.clipboard.writeText(code.text);
    byId("announcement").textContent = say("code.copied");
  } catch {
    byId("announcement").textContent = say("code.copy_refused");
  }
}

/** Keep the screen on while a code is shown; browsers without the lock lose nothing else. */
async function holdScreen() {
  try {
    screenLock = await navigator.wakeLock?.request("screen");
  } catch {
    screenLock = null;
  }
}

start();
