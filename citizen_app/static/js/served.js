// While a clerk serves somebody on this screen: without a touch for a minute it closes, and says so before.

const bar = document.getElementById("served");
const left = document.getElementById("served-left");
const idle = Number(bar.dataset.idle) * 1000;

let usedAt = Date.now();
let ending = false;

for (const event of ["pointerdown", "keydown", "input", "scroll"]) {
  window.addEventListener(event, () => { usedAt = Date.now(); }, { passive: true, capture: true });
}

setInterval(() => {
  const seconds = Math.max(0, Math.ceil((usedAt + idle - Date.now()) / 1000));
  const words = bar.dataset.words.replace("{seconds}", seconds);
  if (left.textContent !== words) left.textContent = words;
  bar.dataset.soon = seconds <= 15 ? "yes" : "no";
  if (seconds > 0 || ending) return;
  ending = true;
  document.getElementById("served-end").requestSubmit();
}, 500);
