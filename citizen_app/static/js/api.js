// One door to the server: JSON in, JSON out, every failure a Trouble with words.

import { language } from "./page.js";
import { observe } from "./server-clock.js";

/**
 * kind `network`: no answer came. kind `problem`: the server refused (RFC 9457), with its words; `errors` are the
 * faults of the input, `{pointer, message}` each; `triesLeft` is how often more may be said for proof; `retryAfter` is in seconds, null where the server names no wait.
 */
export class Trouble extends Error {
  constructor(kind, { status = 0, type = "", title = "", detail = "", errors = [], request_id: requestId = "", tries_left: triesLeft = null, retryAfter = null } = {}) {
    super(title || kind);
    Object.assign(this, { kind, status, type, title, detail, errors, requestId, triesLeft, retryAfter });
  }
}

/** Send one request; resolves to the parsed answer (null when empty), rejects with a Trouble. */
export async function call(method, path, { body, token, timeout = 8000 } = {}) {
  const headers = { Accept: "application/json", "Accept-Language": language };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  const sent = Date.now();
  let response, text;
  try {
    response = await fetch(path, {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(timeout),
    });
    text = await response.text();
  } catch {
    throw new Trouble("network");
  }
  const answer = parse(text);
  learnTime(sent, response, answer);
  if (!response.ok) throw refusal(response, answer);
  return answer;
}

function refusal(response, answer) {
  const wait = Number.parseInt(response.headers.get("Retry-After"), 10);
  return new Trouble("problem", { ...answer, status: response.status, retryAfter: Number.isNaN(wait) ? null : wait });
}

function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

function learnTime(sent, response, answer) {
  const received = Date.now();
  if (answer?.server_time) observe(sent, received, Date.parse(answer.server_time));
  // A Date header is cut to whole seconds; its middle is the best guess.
  else if (response.headers.has("Date")) observe(sent, received, Date.parse(response.headers.get("Date")) + 500);
}
