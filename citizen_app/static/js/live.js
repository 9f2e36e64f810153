// What makes plain pages lively; without it all of them work.

const RUNS = 1000;

/** Have what says `data-every` (seconds) look again: while the page is seen, and when it is seen again. */
for (const part of document.querySelectorAll("[data-every]")) {
  const pause = Number(part.dataset.every) * 1000;
  let lookedAt = Date.now();
  const look = () => {
    if (document.hidden || Date.now() - lookedAt < pause) return;
    lookedAt = Date.now();
    part.dispatchEvent(new Event("look"));
  };
  setInterval(look, RUNS);
  document.addEventListener("visibilitychange", look);
}

/** The next page of a list takes the place of its button, and the focus goes on with it. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const more = detail.target.closest?.(".row_more");
  if (!more) return;
  const list = more.parentElement;
  const before = list.children.length;
  document.addEventListener("htmx:afterSettle", () => {
    const next = list.children[before - 1]?.querySelector("a, [tabindex]") ?? list.children[before - 1];
    if (!next) return;
    if (!next.matches("a")) next.tabIndex = -1;
    next.focus();
  }, { once: true });
});

/** What is wrong with a form is read first. */
document.querySelector("[data-focus]")?.focus();
