// How a comment of this action is found again. It begins with the marker: a quotation of it, or one in the middle, is somebody's text.
import { keyOf } from "./text.mjs";

const PATTERN = /^<!-- functionseval:([0-9a-f]{16}) at:(\d{1,12}) -->/;

/** A comment with its marker. */
export const mark = (target, body) => `<!-- functionseval:${keyOf(target.name)} at:${target.at} -->\n${body}`;

/** Whether a comment is that of the target's name. */
export const isMarked = (body, target) => PATTERN.exec(body ?? "")?.[1] === keyOf(target.name);

/** Whether a comment was written for somebody who asked later. It then stays as it is. */
export const isNewer = (body, target) => Number(PATTERN.exec(body ?? "")?.[2] ?? 0) > target.at;
