// The citizen's session on a page: an HttpOnly cookie the script never sees, and a short access token
// that lives in this variable only.

import { call, Trouble } from "./api.js";

let access = null;
let acting = null; // {id, token, until}: for whom the citizen acts
let tellEnd = () => {};

const keep = (tokens) => {
  access = { token: tokens.access_token, until: Date.now() + tokens.expires_in * 1000 };
};

// The cookie's token changes with each refresh: two tabs at once would make one of them look stolen.
const oneTabAtATime = (work) =>
  navigator.locks ? navigator.locks.request("citizen-session", work) : work();

/** `proof` completes a sign-in that was answered with `identity-proof-required`. */
export async function openSession(challengeId, otp, proof = {}) {
  await oneTabAtATime(async () => {
    keep(await call("POST", "/session", { body: { challenge_id: challengeId, otp, ...proof } }));
  });
}

/** Take up the session of the cookie; rejects with a Trouble of status 401 when there is none. */
export async function resumeSession() {
  await oneTabAtATime(async () => keep(await call("POST", "/session/refresh")));
}

export async function closeSession() {
  await oneTabAtATime(() => call("DELETE", "/session"));
  access = null;
}

/** Have `told` called when the server no longer knows the session: it ended here, in another tab, or by an operator. */
export function whenSessionEnds(told) {
  tellEnd = told;
}

/** From now on what is shown is of the ward of this delegation; of the citizen with null. */
export function actFor(delegation) {
  acting = delegation && { id: delegation, token: null, until: 0 };
}

export const shownGet = (path) => shownCall("GET", path);

/** Call for the person whose code is shown. An acting token that ran out, or was refused, is asked for once more. */
export async function shownCall(method, path, body) {
  if (!acting) return citizenCall(method, path, body);
  const fresh = !acting.token || Date.now() > acting.until - 20_000;
  try {
    return await call(method, path, { body, token: fresh ? await actingToken() : acting.token });
  } catch (trouble) {
    if (fresh || trouble.status !== 401) throw trouble;
    return call(method, path, { body, token: await actingToken() });
  }
}

async function actingToken() {
  const made = await citizenCall("POST", `/api/v1/me/delegations/${encodeURIComponent(acting.id)}/token`);
  Object.assign(acting, { token: made.access_token, until: Date.now() + made.expires_in * 1000 });
  return acting.token;
}

export const citizenGet = (path) => citizenCall("GET", path);

/** Call as the signed-in citizen; a token that ran out is renewed once. */
export async function citizenCall(method, path, body) {
  try {
    return await callRenewing(method, path, body);
  } catch (trouble) {
    if (trouble.status === 401) {
      access = null;
      tellEnd();
    }
    throw trouble;
  }
}

async function callRenewing(method, path, body) {
  if (!access || Date.now() > access.until - 20_000) await resumeSession();
  try {
    return await call(method, path, { body, token: access.token });
  } catch (trouble) {
    if (!(trouble instanceof Trouble) || trouble.status !== 401) throw trouble;
    await resumeSession();
    return call(method, path, { body, token: access.token });
  }
}
