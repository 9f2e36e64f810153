// Looking somebody up on the service's own list, by staff, with a reason that whoever is found will read.

import { searchList } from "./kiosk-link.js";
import { unlockToken } from "./kiosk-pin.js";
import { byId, element, explain, say, whileDisabled } from "./page.js";

/** Wire the form; `onLocked()` when the PIN must be entered again, `onBack()` when staff are through. */
export function prepareSearch(onLocked, onBack) {
  byId("search-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    byId("search-trouble").textContent = "";
    const unlock = unlockToken();
    if (!unlock) return onLocked();
    await whileDisabled(byId("search-send"), async () => {
      try {
        show(await searchList(unlock, byId("search-words").value.trim(), byId("search-reason").value.trim()));
      } catch (trouble) {
        byId("search-trouble").textContent = explain(trouble);
      }
    });
    return undefined;
  });
  byId("search-back").addEventListener("click", onBack);
}

/** Leave nothing of the last search on the screen. */
export function clearSearch() {
  byId("search-form").reset();
  byId("search-trouble").textContent = "";
  byId("found").replaceChildren();
}

function show({ items, more }) {
  const list = element("ul", "found__list");
  list.append(...items.map(({ title, lines }) => {
    const row = element("li", "found__one");
    row.append(element("strong", "", title), ...lines.map((line) => element("span", "found__line", line)));
    return row;
  }));
  const words = items.length ? [say("kiosk.search_found", { count: items.length }), say("kiosk.search_proof")] : [say("kiosk.search_none")];
  if (more) words.push(say("kiosk.search_more"));
  byId("found").replaceChildren(...words.map((line) => element("p", "", line)), list);
}
