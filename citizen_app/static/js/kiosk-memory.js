// What a kiosk keeps between two loads of its page, all below one prefix. Nothing of it is about a citizen.

const PREFIX = "citizen.kiosk.";

/** What was kept under `name`, or `otherwise`. */
export function recall(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep a JSON value; where the browser has no room for it, it holds until the page is left. */
export function keep(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // a full disk stops no gate
  }
}

/** Forget what was kept under `names`. */
export function forget(...names) {
  for (const name of names) localStorage.removeItem(PREFIX + name);
}
