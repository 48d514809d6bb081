// What is written to logs and comments. Names of models, labels and samples are data: they become no command, markup, mention or link.
import { createHash } from "node:crypto";

const JOINER = "\u2060"; // Without width: no name, number or address goes on behind it.
const MAX_PLAIN = 500;

/** A text on one line of a log, of which no part is a command of a runner (`::error::`, `##[…]`, `##vso[…]`). */
export function plain(text, length = MAX_PLAIN) {
  const line = cut(String(text ?? "").replace(/[\p{Cc}\p{Zl}\p{Zp}\u200E\u200F\u202A-\u202E\u2066-\u2069]+/gu, " "), length);
  return line.replace(/#(?=#)/g, "# ").replace(/:(?=:)/g, ": ").trim();
}

/** A text in Markdown of which nothing is markup. */
export function escape(text, length = 400) {
  const line = cut(String(text ?? ""), length).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  return unlinked(line.replaceAll("&", "&amp;").replace(/[\\`*_{}[\]<>|~#!()]/g, "\\$&")).trim();
}

/** As {@link escape}, between tags of HTML, where Markdown is not read. */
export function escapeHtml(text, length = 400) {
  const line = cut(String(text ?? ""), length).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  return unlinked(line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")).trim();
}

/** Breaks what becomes a mention, a reference, a link or a picture (`:name:`) wherever it stands. */
const unlinked = (text) =>
  text.replace(/[@#]/g, `$&${JOINER}`)
    .replaceAll("://", `:${JOINER}//`)
    .replace(/www\.|GH-/gi, (found) => found.slice(0, -1) + JOINER + found.slice(-1))
    .replace(/:(?=[\w+\\-]+:)/g, `:${JOINER}`);

/** Lines as a block of code that no line of it can end. */
export function block(text, length) {
  const shown = cut(String(text ?? "").replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, (one) => (one === "\n" ? one : " ")), length);
  const fence = "`".repeat(Math.max(3, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length + 1)));
  return `${fence}text\n${shown}\n${fence}`;
}

/** A text with at most so many UTF-16 characters; no character is torn apart. */
export function cut(text, length) {
  if (text.length <= length) return text;
  const end = /[\uD800-\uDBFF]/.test(text[length - 2]) ? length - 2 : length - 1;
  return `${text.slice(0, end)}…`;
}

/** What stands for a name where any name must fit. */
export const keyOf = (name) => createHash("sha256").update(name).digest("hex").slice(0, 16);

/** A text that ends as a sentence does. */
export const sentence = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);
