// Signing in with phone and one-time code; in demo mode one tap on a demo citizen does both.

import { call } from "./api.js";
import { openSession } from "./citizen-session.js";
import { byId, explain, say, showOnly, whileDisabled } from "./page.js";

const STEPS = ["phone-form", "otp-form"];

let challengeId = null;

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
  byId("phone").value = "";
  byId("otp").value = "";
  byId("sign-in-trouble").textContent = "";
  showOnly("phone-form", STEPS);
}

async function attempt(button, work) {
  byId("sign-in-trouble").textContent = "";
  await whileDisabled(button ?? document.createElement("button"), async () => {
    try {
      await work();
    } catch (trouble) {
      byId("sign-in-trouble").textContent = explain(trouble);
    }
  });
}

async function askForOtp(phone) {
  const answer = await call("POST", "/api/v1/auth/challenges", { body: { phone: phone.replace(/[\s-]/g, "") } });
  challengeId = answer.challenge_id;
  byId("otp-sent").textContent = say("signin.sent", { phone });
  showStep("otp-form", "otp");
}

async function open(otp, onOpen) {
  await openSession(challengeId, otp);
  resetSignIn();
  await onOpen();
}

function showStep(form, field) {
  showOnly(form, STEPS);
  byId(field).value = "";
  byId(field).focus();
}
