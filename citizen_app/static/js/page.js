// What every page needs: its sentences, its elements, and one way to show one part at a time.

const sentences = JSON.parse(document.getElementById("sentences").textContent);

/** The sentence for `key` in the page's language, with `{name}` filled from `values`. */
export function say(key, values = {}) {
  const sentence = sentences[key];
  if (sentence === undefined) throw new Error(`no sentence: ${key}`);
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

export const byId = (id) => document.getElementById(id);

/** The page's language as a BCP 47 tag, for dates, speech and `Accept-Language`. */
export const language = document.documentElement.lang;

/** Show the one element of `ids` named `chosen`, hide the others. */
export function showOnly(chosen, ids) {
  for (const id of ids) byId(id).hidden = id !== chosen;
}

/** A new element with a class and text; text only, so nothing a server sends becomes markup. */
export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  return made;
}

/** Run `work` while `button` is disabled, so that a second tap cannot send twice. */
export async function whileDisabled(button, work) {
  button.disabled = true;
  try {
    return await work();
  } finally {
    button.disabled = false;
  }
}

/** Words for a trouble: what happened, then what to do next. */
export function explain(trouble) {
  if (trouble.kind === "network") return say("trouble.network");
  if (trouble.status === 429) return say("trouble.too_many");
  if (trouble.status >= 500) return say("trouble.server");
  if (trouble.errors?.length) return trouble.errors.map(({ message }) => message).join(" ");
  return trouble.detail || trouble.title || say("trouble.other");
}
