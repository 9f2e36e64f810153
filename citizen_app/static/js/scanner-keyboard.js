// A USB scanner is a keyboard that types the code and presses Enter. The keys are read by their place on the
// US layout that scanners emulate, because a Chinese input method would swallow the letters.

const SILENCE = 300; // milliseconds; a shorter gap once cost a slow scanner its first digits
const SHORTEST = 4; // fewer keys before Enter are a person's

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

const isField = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Call `onCode(text)` for each code typed outside the page's own fields. */
export function listenForScanner(onCode) {
  let typed = "";
  let last = 0;
  window.addEventListener("keydown", (event) => {
    if (isField(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.timeStamp - last >= SILENCE) typed = "";
    if (event.code === "Enter" || event.code === "NumpadEnter") {
      const code = typed;
      typed = "";
      if (code.length < SHORTEST) return;
      event.preventDefault(); // or Enter would press the button that has the focus
      onCode(code);
      return;
    }
    const character = characterOf(event);
    if (!character) return;
    if (typed) event.preventDefault(); // or a space inside the code would press a button
    typed += character;
    last = event.timeStamp;
  }, { capture: true });
}
