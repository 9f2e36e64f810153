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

/** A page for paper prints itself; without this the browser's own menu does it. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/** Words that go to somebody else: by the phone's own sharing where it has it, or copied. */
for (const button of document.querySelectorAll("[data-share]")) {
  button.hidden = !navigator.share;
  button.addEventListener("click", () => navigator.share({ text: button.dataset.share }).catch(() => {}));
}
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
  });
}
