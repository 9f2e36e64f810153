// Whose code is shown: one's own, or that of somebody one may act for. Each is a link, so that a bookmark and the
// back button work: /code, /code?for=<delegation>.

import { byId, element, say } from "./page.js";

const KINDS = { guardian: "code.kind_guardian", carer: "code.kind_carer", agent: "code.kind_agent" };

/** The delegation that the address asks for; null for one's own code. */
export const askedFor = () => new URLSearchParams(location.search).get("for");

/** Draw the people whose code may be shown, and the banner. Gives the ward who is shown, null for oneself. */
export function showWhose(me) {
  const wanted = askedFor();
  const ward = me.wards.find((one) => one.delegation_id === wanted) ?? null;
  const own = { name: me.masked_name || me.masked_phone, href: "/code", here: wanted === null, note: say("code.own") };
  const others = me.wards.map((one) => ({
    name: one.masked_name || say("code.ward"), href: `/code?for=${encodeURIComponent(one.delegation_id)}`,
    here: one === ward, note: say(KINDS[one.kind]),
  }));
  byId("whose").replaceChildren(...[own, ...others].map(link));
  byId("whose").hidden = others.length === 0;
  byId("showing").textContent = ward ? say("code.showing", { name: ward.masked_name || say("code.ward") }) : "";
  byId("showing").hidden = !ward;
  return ward;
}

function link({ name, href, here, note }) {
  const made = element("a", "whose__one");
  made.href = href;
  if (here) made.setAttribute("aria-current", "page");
  const mark = element("span", "whose__mark", name.slice(0, 1));
  mark.setAttribute("aria-hidden", "true");
  made.append(mark, element("span", "whose__name", name), element("span", "whose__note", note));
  return made;
}
