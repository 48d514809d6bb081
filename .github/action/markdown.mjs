// The comment of a run: what the app says, the samples that got worse by their ids, and links.
import { isSuite } from "./app.mjs";
import { block, cut, escape, escapeHtml } from "./text.mjs";

const MAX_LENGTH = 64_500; // A comment has 65,536 characters, a check's summary 65,535, an overview of the app 60,000.
const MAX_LOST = 10;
const MAX_DATASETS = 40;
const MAX_DETAILS = 6;
const MAX_REASONS = 50;
const MAX_CONTENT = 600;
const LEFT_OUT = "… and more than a comment holds: see the dashboard\n\n";
const SIGNS = { pass: "✓", fail: "✗", inconclusive: "?" };

/** The comment of a run that goes on. */
export const pending = (name, id, link) => `### Evaluating: ${escape(name)}\n\n[Progress in the dashboard](${link}) · run ${escape(id)}\n`;

/** The comment of a run that has ended. */
export async function describe(app, id, run, { name, title, content }) {
  const link = app.linkTo(id);
  const parts = isSuite(id) ? await describeSuite(app, run, title) : await describeRun(app, id, run, { title, content });
  const report = `${app.address}/api/${isSuite(id) ? "suites" : "evaluations"}/${id}/report`;
  // A run that failed has none.
  const links = `${escape(name)} · [Dashboard](${link})${run.status === "Failed" && !isSuite(id) ? "" : ` · [Report](${report}) (asks for a key)`}`;
  return join([...parts, links]);
}

async function describeRun(app, id, run, { title, content }) {
  const overview = (await app.overview(id)) ?? fallback(run.name || run.dataset, title, run.verdictReasons, run);
  const lost = run.members || run.candidates ? [] : await app.lost(id, MAX_LOST + 1);
  return [overview, describeLost(lost, app.linkTo(id), { baseline: run.baseline, content })];
}

async function describeSuite(app, suite, title) {
  const datasets = suite.datasets ?? [];
  const all = Array.isArray(suite.verdictReasons) ? suite.verdictReasons : [];
  const reasons = all.slice(0, MAX_REASONS).map((rule) => `- ${SIGNS[rule.result] ?? ""} ${escape(rule.reason)}`);
  if (all.length > MAX_REASONS) reasons.push(`- … and ${all.length - MAX_REASONS} more rules`);
  const rows = datasets.slice(0, MAX_DATASETS).map((dataset) =>
    `| ${escape(dataset.dataset)} | ${escape(dataset.tier)} | ${SIGNS[dataset.verdict] ?? ""} ${escape(dataset.verdict ?? dataset.errorCode ?? dataset.status ?? "no run")} |`);
  const more = datasets.length > MAX_DATASETS ? `\n… and ${datasets.length - MAX_DATASETS} more datasets` : "";
  const parts = [
    `### ${escape(title)}: ${escape(suite.name || suite.suite)}${suite.errorMessage ? `\n\n${escape(suite.errorMessage)}` : ""}`,
    reasons.join("\n"),
    rows.length > 0 ? `| dataset | tier | verdict |\n|---|---|---|\n${rows.join("\n")}${more}` : "",
  ];
  // What did not pass is what people look for.
  const shown = datasets.filter((dataset) => dataset.runId).sort((left, right) => (left.verdict === "pass") - (right.verdict === "pass")).slice(0, MAX_DETAILS);
  for (const dataset of shown) {
    const overview = await app.overview(dataset.runId);
    if (overview) parts.push(`<details><summary>${escapeHtml(dataset.dataset)}</summary>\n\n${overview}\n</details>`);
  }
  return parts;
}

/** What is known without an overview. */
function fallback(name, title, reasons, run) {
  const error = run.errorMessage ? `\n\n${escape(run.errorMessage)}` : "";
  return `### ${escape(title)}: ${escape(name)}${error}${reasons ? `\n\n${escape(reasons, 3000)}` : ""}`;
}

function describeLost(lost, link, { baseline, content }) {
  if (lost.length === 0) return "";
  const lines = lost.slice(0, MAX_LOST).map((sample) => {
    const line = `- ${escape(sample.id, 100)} (line ${Number(sample.line)})`;
    return content ? `${line}\n\n${indent(block(contentOf(sample), MAX_CONTENT))}\n` : line;
  });
  const more = lost.length > MAX_LOST ? `\n- [all of them](${link}/samples?flip=lost)` : "";
  const first = lost.length > MAX_LOST ? ` (the first ${MAX_LOST})` : "";
  return `**Lost: only ${escape(baseline || "the baseline")} is right**${first}\n\n${lines.join("\n")}${more}`;
}

function contentOf({ input, references, candidate, baseline }) {
  const answer = (one) => one?.prediction ?? one?.text ?? "no answer";
  return [
    `asks: ${cut(input ?? "", 250)}`, `wants: ${cut((references ?? []).join(" | "), 100)}`,
    `answer: ${cut(String(answer(candidate)), 100)}`, `baseline's: ${cut(String(answer(baseline)), 100)}`,
  ].join("\n");
}

const indent = (text) => text.split("\n").map((line) => `  ${line}`).join("\n");

/** The parts that fit, the first first. */
function join(parts) {
  const last = parts.at(-1);
  let [text, isWhole] = ["", true];
  for (const part of parts.slice(0, -1)) {
    if (text.length + part.length + last.length + LEFT_OUT.length + 4 > MAX_LENGTH) isWhole = false;
    else if (part) text += `${part.trimEnd()}\n\n`;
  }
  return `${text}${isWhole ? "" : LEFT_OUT}${last}\n`;
}
