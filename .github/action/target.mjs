// Who asked for a run, as it comes back with the notification: an opaque text of the app's, at most 512 printable ASCII characters.
import { Failure } from "./failure.mjs";
import { FAILURES } from "./inputs.mjs";

const MAX_LENGTH = 512;

/** The text of a target. */
export function write(target) {
  const text = JSON.stringify(target).replace(/[^ -~]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
  if (text.length > MAX_LENGTH) throw new Failure("name: is too long beside the repository's name. Write a shorter one.");
  return text;
}

/** The target of a text; null for one that another program wrote. */
export function read(text) {
  let target;
  try {
    target = JSON.parse(text);
  } catch {
    return null;
  }
  const isOurs = target !== null && typeof target === "object" && target.v === 1 && typeof target.name === "string" && target.name.length <= 100
    && typeof target.sha === "string" && Number.isInteger(target.at) && (target.pr === null || (Number.isInteger(target.pr) && target.pr > 0))
    && Array.isArray(target.failOn) && target.failOn.every((one) => FAILURES.includes(one));
  return isOurs ? target : null;
}
