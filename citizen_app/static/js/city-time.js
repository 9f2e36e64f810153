// Times on the pages are the city's, wherever the browser stands.

import { language } from "./page.js";

const { timeZone } = document.documentElement.dataset;
const clock = { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

const minutes = new Intl.DateTimeFormat(language, clock);
const seconds = new Intl.DateTimeFormat(language, { ...clock, second: "2-digit" });
const days = new Intl.DateTimeFormat(language, { timeZone, month: "long", day: "numeric", weekday: "short" });

/** Hour and minute of a moment (RFC 3339 or Date). */
export const timeOfDay = (moment) => minutes.format(new Date(moment));

/** Hour, minute and second. */
export const timeToTheSecond = (moment) => seconds.format(new Date(moment));

/** Month, day and weekday. */
export const dayOf = (moment) => days.format(new Date(moment));
