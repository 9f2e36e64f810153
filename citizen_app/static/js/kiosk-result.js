// The full-screen answer to a scan: colour, icon, words and sound, never colour alone.

import { dayOf, timeOfDay } from "./city-time.js";
import { drawFields, faultLines, fieldsOfSchema, readFields } from "./field-form.js";
import { byId, element, language } from "./page.js";
import { playTone, speak } from "./sounds.js";

const SHOWN_FOR = 2000; // milliseconds

let closing = 0;

/** What the screen must not be taken away from: a question, or a trouble that keeps a code. */
export const isWaiting = () => !byId("result").hidden && byId("result").dataset.stays === "yes";

/** Whether a question is on the screen. */
export const isAsking = () => isWaiting() && !byId("answer-form").hidden;

export function closeResult() {
  clearTimeout(closing);
  byId("result").hidden = true;
}

function open({ tone, title, lines = [], speech, stays = false }) {
  clearTimeout(closing);
  const screen = byId("result");
  screen.dataset.tone = tone;
  screen.dataset.stays = stays ? "yes" : "no";
  byId("result-title").textContent = title;
  byId("result-lines").replaceChildren(...lines.map((line) => element("p", "", line)));
  byId("answer-form").hidden = true;
  byId("result-actions").hidden = true;
  screen.hidden = false;
  if (byId("sound-on").checked) playTone(tone);
  if (byId("speech-on").checked) speak(speech, language);
  if (!stays) closing = setTimeout(closeResult, SHOWN_FOR);
}

/** Show a decision for two seconds; one that is allowed is printed where the kiosk has a printer of slips. */
export function showDecision(decision) {
  const { display } = decision;
  open({ tone: display.tone, title: display.title, lines: display.lines, speech: display.speak });
  if (byId("print-on").checked && display.tone === "good") printSlip();
}

/** On paper the answer also says where and when it was given. */
function printSlip() {
  const at = new Date();
  byId("slip").textContent = `${byId("kiosk-place").textContent} · ${dayOf(at)} ${timeOfDay(at)}`;
  window.print();
}

/** Ask for what the service still needs; `onAnswer(values)` on sending. */
export function askForInput(decision, onAnswer) {
  const { display, input } = decision;
  open({ tone: "ask", title: display.title, lines: display.lines, speech: display.speak, stays: true });
  drawFields(byId("answer-fields"), fieldsOfSchema(input.schema));
  byId("answer-form").hidden = false;
  byId("answer-form").onsubmit = (event) => {
    event.preventDefault();
    onAnswer(readFields(byId("answer-fields")));
  };
  byId("answer-fields").querySelector("input, select")?.focus();
}

/** Say what is wrong with the answer that was typed; the question stays. */
export function showFaults(faults, otherwise) {
  const lines = faultLines(byId("answer-fields"), faults);
  byId("result-lines").replaceChildren(...(lines.length ? lines : [otherwise]).map((line) => element("p", "", line)));
}

/** A red screen that closes itself: what was shown cannot be taken, and sending it again would not help. */
export function showRefusal({ title, lines }) {
  open({ tone: "bad", title, lines, speech: title });
}

/** An amber screen that keeps the code until someone tries again or gives up. */
export function showTrouble({ title, lines }, onRetry) {
  open({ tone: "ask", title, lines, speech: title, stays: true });
  byId("result-actions").hidden = false;
  byId("retry").hidden = !onRetry;
  byId("retry").onclick = onRetry ?? null;
}
