// A USB scanner is a keyboard that types the code and presses Enter. The keys are read by their place on the
// US layout that scanners emulate, because a Chinese input method would swallow the letters.

const SILENCE = 300; // milliseconds; a shorter gap once cost a slow scanner its first digits
const SHORTEST = 4; // fewer keys before Enter are a person's
const MARK = "CC1:"; // how a code begins

const SHIFTED = { Digit4: "$", Digit5: "%", Digit8: "*", Equal: "+", Semicolon: ":" };
const PLAIN = { Space: " ", Minus: "-", Period: ".", Slash: "/" };
const NUMPAD = { NumpadAdd: "+", NumpadSubtract: "-", NumpadMultiply: "*", NumpadDivide: "/", NumpadDecimal: "." };

/** The character a key stands for, or "" where the code's alphabet (QR alphanumeric) has none. */
export function characterOf({ code, shiftKey }) {
  // Always capitals: the alphabet has no others, and caps lock must not spoil a code.
  if (/^Key[A-Z]$/.test(code)) return code.slice(3);
  if (/^Numpad[0-9]$/.test(code)) return code.slice(6);
  if (NUMPAD[code]) return NUMPAD[code];
  if (shiftKey) return SHIFTED[code] ?? "";
  if (/^Digit[0-9]$/.test(code)) return code.slice(5);
  return PLAIN[code] ?? "";
}

const fieldOf = (target) => (target instanceof HTMLElement && target.matches("input, textarea, select") ? target : null);

const isEnter = ({ code }) => code === "Enter" || code === "NumpadEnter";

/** Keys that follow each other quickly; `kept` is what the field under them held before. */
function startBurst(field) {
  return { text: "", last: 0, field, kept: field && { value: field.value, checked: field.checked } };
}

/** The code in a burst, or "". A field is made for typing, so there only what looks like a code is taken. */
function codeOf({ text, field }) {
  if (!field) return text.length < SHORTEST ? "" : text;
  return text.includes(MARK) ? text.slice(text.indexOf(MARK)) : "";
}

/** Leave the field first: an input method would otherwise write what it still holds over the old text. */
function putBack({ field, kept }) {
  if (!field) return;
  field.blur();
  Object.assign(field, kept);
}

/** Call `onCode(text)` for each code typed, wherever the focus is; a field keeps the text it had. */
export function listenForScanner(onCode) {
  let burst = startBurst(null);
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const field = fieldOf(event.target);
    if (event.timeStamp - burst.last >= SILENCE || burst.field !== field) burst = startBurst(field);
    if (isEnter(event)) {
      const done = burst;
      burst = startBurst(field);
      const code = codeOf(done);
      if (!code) return;
      event.preventDefault(); // or Enter would press the button that has the focus, or send the field's form
      event.stopPropagation();
      putBack(done);
      onCode(code);
      return;
    }
    const character = characterOf(event);
    if (!character) return;
    if (burst.text && !field) event.preventDefault(); // or a space inside the code would press a button
    burst.text += character;
    burst.last = event.timeStamp;
  }, { capture: true });
}
