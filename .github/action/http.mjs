// Requests with a bound on time, bytes and attempts. Addresses and headers, which may hold keys, are in no message.
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "./failure.mjs";
import { plain } from "./text.mjs";

const MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT = 100_000;
const ATTEMPTS = 5;
const MAX_WAIT = 60_000;

/** An answer that is no success. */
export class HttpError extends Failure {
  constructor(message, status, body) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/**
 * Sends a request, and again where that may help: after 429 and GitHub's 403 of a limit always, after 5xx and a broken connection where it
 * may be repeated.
 */
export async function send(who, url, { method = "GET", headers = {}, body, mayRepeat = method !== "POST", type = "json" } = {}) {
  for (let attempt = 1; ; attempt++) {
    const answer = await tryOnce(who, url, { method, headers, body });
    const wait = waitOf(answer, attempt, mayRepeat);
    if (wait === null || attempt === ATTEMPTS) return read(who, answer, type);
    await sleep(wait);
  }
}

async function tryOnce(who, url, { method, headers, body }) {
  try {
    const answer = await fetch(url, { method, headers, body, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT) });
    return { status: answer.status, headers: answer.headers, text: await readText(answer) };
  } catch (broken) {
    if (broken instanceof Failure) throw broken;
    return { status: 0, headers: new Headers(), text: "", reason: broken.cause?.code ?? broken.name };
  }
}

async function readText(answer) {
  const parts = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += part.length;
    if (length > MAX_BYTES) throw new Failure(`An answer has more than ${MAX_BYTES} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Milliseconds to wait before the next attempt; null for none. */
function waitOf(answer, attempt, mayRepeat) {
  const asked = Number(answer.headers.get("retry-after"));
  const limited = answer.status === 403 && (answer.headers.has("retry-after") || answer.headers.get("x-ratelimit-remaining") === "0"
    || /secondary rate limit/i.test(answer.text));
  if (answer.status === 429 || limited) {
    const reset = Number(answer.headers.get("x-ratelimit-reset")) * 1000 - Date.now();
    const seconds = answer.headers.has("retry-after") && Number.isFinite(asked) ? asked * 1000 : reset > 0 ? reset : MAX_WAIT;
    return seconds <= MAX_WAIT ? Math.max(0, seconds) : null;
  }
  return mayRepeat && (answer.status === 0 || answer.status >= 500) ? Math.min(MAX_WAIT, 500 * 2 ** attempt) : null;
}

function read(who, answer, type) {
  if (answer.status === 0) throw new HttpError(`${who} could not be reached (${plain(answer.reason)}).`, 0, null);
  if (answer.status >= 300 && answer.status < 400) {
    throw new HttpError(`${who} answered with a redirect (${answer.status}), perhaps to a sign-in page. Check its address and how it is signed in to.`, answer.status, null);
  }
  const json = type === "json" || answer.status >= 400 ? parse(answer.text) : null;
  if (answer.status >= 400) {
    const detail = json?.detail ?? json?.message ?? json?.error_description ?? "";
    const why = Array.isArray(json?.errors) ? ` ${json.errors.map((one) => one?.message ?? one?.field ?? one).join("; ")}` : "";
    throw new HttpError(`${who} answered ${answer.status}: ${plain(detail + why) || "no reason is given"}`, answer.status, json);
  }
  if (type === "json" && json === undefined && answer.text !== "") throw new HttpError(`${who} answered ${answer.status} with something else than JSON. Check its address.`, answer.status, null);
  return { status: answer.status, headers: answer.headers, json, text: answer.text };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
