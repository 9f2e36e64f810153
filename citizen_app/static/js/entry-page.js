// The entry: the list of services follows what is typed. Without this script the form asks the server for the page.

const PAUSE = 250; // milliseconds without a key before the server is asked

const field = document.getElementById("search-words");
let waiting = 0;

function look() {
  clearTimeout(waiting);
  document.getElementById("services").dispatchEvent(new Event("look"));
}

function lookSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE);
}

document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  look();
});
field.addEventListener("input", (event) => { if (!event.isComposing) lookSoon(); });
field.addEventListener("compositionend", lookSoon);
