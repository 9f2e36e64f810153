// Signing in with phone and one-time code; in demo mode one tap on a demo citizen does both.

import { Trouble, call } from "./api.js";
import { openSession } from "./citizen-session.js";
import { byId, explain, say, showOnly, whileDisabled } from "./page.js";

const STEPS = ["phone-form", "otp-form", "proof-form"];
const PROOF_REQUIRED = "/problems/identity-proof-required";
const PAUSE = 60; // seconds until a message is asked for again at the soonest: it may take so long

let phone = "";
let challengeId = null;
let proved = ""; // the one-time code that was right, while more is asked beside it
let againAt = 0; // when another message may be asked for, `Date.now()`

/** Wire the forms; `onOpen` is called once a session is open. */
export function prepareSignIn(onOpen) {
  byId("phone-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(event.submitter, () => askForOtp(byId("phone").value));
  });
  byId("otp-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(event.submitter, () => open(byId("otp").value.trim(), onOpen));
  });
  byId("otp-again").addEventListener("click", (event) => sendAgain(event.currentTarget));
  byId("proof-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(event.submitter, () => open(proved, onOpen, { id_suffix: byId("id-suffix").value.trim() }));
  });
  byId("not-mine").addEventListener("click", (event) =>
    attempt(event.currentTarget, () => open(proved, onOpen, { new_account: true })));
  setInterval(drawAgain, 1000);
  byId("other-phone").addEventListener("click", () => showStep("phone-form", "phone"));
  for (const button of document.querySelectorAll("[data-demo-phone]")) {
    button.addEventListener("click", () => attempt(button, async () => {
      await askForOtp(button.dataset.demoPhone);
      await open(button.dataset.demoOtp, onOpen);
    }));
  }
}

/** Back to the first step with empty fields. */
export function resetSignIn() {
  challengeId = null;
  proved = "";
  byId("phone").value = "";
  byId("otp").value = "";
  byId("id-suffix").value = "";
  byId("sign-in-trouble").textContent = "";
  showOnly("phone-form", STEPS);
}

async function attempt(button, work) {
  byId("sign-in-trouble").textContent = "";
  await whileDisabled(button ?? document.createElement("button"), async () => {
    try {
      await work();
    } catch (trouble) {
      byId("sign-in-trouble").textContent = trouble.type === "/problems/sign-in-refused" ? say("signin.refused") : explain(trouble);
    }
  });
}

async function askForOtp(typed) {
  const wanted = typed.replace(/[\s-]/g, "");
  await send(wanted);
  phone = wanted;
  byId("otp-sent").textContent = say("signin.sent", { phone });
  showStep("otp-form", "otp");
}

/** Have a message sent; where none is, the challenge of the one before stays and a Trouble says how long to wait. */
async function send(wanted) {
  try {
    const answer = await call("POST", "/api/v1/auth/challenges", { body: { phone: wanted } });
    const wait = Math.ceil((Date.parse(answer.next_message_at) - Date.parse(answer.server_time)) / 1000);
    if (!answer.sent) throw new Trouble("problem", { retryAfter: wait, detail: say("signin.not_sent", { minutes: Math.ceil(wait / 60) }) });
    challengeId = answer.challenge_id;
    pause(Math.max(PAUSE, wait));
  } catch (trouble) {
    if (trouble.retryAfter) pause(trouble.retryAfter);
    throw trouble;
  }
}

async function sendAgain(button) {
  await attempt(button, async () => {
    await send(phone);
    byId("otp-sent").textContent = say("signin.sent_again", { phone });
    showStep("otp-form", "otp");
  });
  drawAgain();
}

function pause(seconds) {
  againAt = Date.now() + seconds * 1000;
  drawAgain();
}

function drawAgain() {
  const seconds = Math.max(0, Math.ceil((againAt - Date.now()) / 1000));
  byId("otp-again").disabled = seconds > 0;
  byId("otp-again").textContent = seconds > 0 ? say("signin.again_in", { seconds }) : say("signin.again");
}

async function open(otp, onOpen, proof = {}) {
  try {
    await openSession(challengeId, otp, proof);
  } catch (trouble) {
    if (trouble.type !== PROOF_REQUIRED) throw trouble;
    askForProof(otp, trouble, "id_suffix" in proof);
    return;
  }
  resetSignIn();
  await onOpen();
}

/** The number may be somebody else's by now: ask for the end of the account's document, with the words of the answer. */
function askForProof(otp, trouble, wasWrong) {
  proved = otp;
  byId("proof-words").textContent = wasWrong ? "" : trouble.detail;
  if (wasWrong) byId("sign-in-trouble").textContent = trouble.detail;
  byId("id-suffix").disabled = byId("prove").hidden = trouble.triesLeft === 0;
  showStep("proof-form", byId("id-suffix").disabled ? "not-mine" : "id-suffix");
}

function showStep(form, field) {
  showOnly(form, STEPS);
  if (byId(field) instanceof HTMLInputElement) byId(field).value = "";
  byId(field).focus();
}
