// A page on a wall says aloud what is new on it, once somebody has touched it: browsers ask for that.

const button = document.querySelector("#sound");
const said = new Set();
let speaks = false;

/** Say each `data-say` once; what stood there when the page was opened is not new. */
function look() {
  for (const line of document.querySelectorAll("[data-say]")) {
    if (said.has(line.dataset.sayOnce)) continue;
    said.add(line.dataset.sayOnce);
    if (!speaks) continue;
    const words = new SpeechSynthesisUtterance(line.dataset.say);
    words.lang = document.documentElement.lang;
    speechSynthesis.speak(words);
  }
}

if ("speechSynthesis" in window) {
  button.hidden = false;
  button.addEventListener("click", () => {
    speaks = true;
    button.hidden = true;
  });
}
look();
document.addEventListener("htmx:afterSettle", look);
