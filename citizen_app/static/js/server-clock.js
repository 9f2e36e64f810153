// The server's clock as seen from here. Codes live for a minute, phones are often wrong by more.

let offset = 0;

/**
 * Learn from one answer: `sent` and `received` are `Date.now()` around it, `serverTime` in milliseconds.
 * The answer is taken to have been written halfway, as in NTP.
 */
export function observe(sent, received, serverTime) {
  if (Number.isFinite(serverTime)) offset = serverTime - (sent + received) / 2;
}

/** The server's time now, in milliseconds. */
export const serverNow = () => Date.now() + offset;

/** How far this device's clock is ahead of the server's, in seconds. */
export const clockAhead = () => -offset / 1000;
