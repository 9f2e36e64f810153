// The full-screen answer to a scan: colour, icon, words and sound, never colour alone.

import { drawFields, fieldsOfSchema, readFields } from "./field-form.js";
import { byId, element, language } from "./page.js";
import { playTone, speak } from "./sounds.js";

const SHOWN_FOR = 2000; // milliseconds

let closing = 0;
let onClose = () => {};

/** What the screen must not be taken away from: a question, or a trouble that keeps a code. */
export const isWaiting = () => !byId("result").hidden && byId("result").dataset.stays === "yes";

export function closeResult() {
  clearTimeout(closing);
  if (byId("result").hidden) return;
  byId("result").hidden = true;
  onClose();
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

/** Show a decision for two seconds. */
export function showDecision(decision) {
  const { display } = decision;
  onClose = () => {};
  open({ tone: display.tone, title: display.title, lines: display.lines, speech: display.speak });
}

/** Ask for what the service still needs; `onAnswer(values)` on sending, `onCancel()` on giving up. */
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

/** An amber screen that keeps the code until someone tries again or gives up. */
export function showTrouble({ title, lines }, onRetry) {
  open({ tone: "ask", title, lines, speech: title, stays: true });
  byId("result-actions").hidden = false;
  byId("retry").hidden = !onRetry;
  byId("retry").onclick = onRetry ?? null;
}
