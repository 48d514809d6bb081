// The inputs, each read from the environment and checked. None of them is a part of a script.
import { basename } from "node:path";
import { Failure } from "./failure.mjs";
import { keyOf } from "./text.mjs";

export const FAILURES = ["fail", "inconclusive", "no-result"];

const MAX_SUBJECT = 70;

/** Names of the inputs, as action.yml declares them. */
export const NAMES = [
  "mode", "app", "key", "azure-client-id", "azure-tenant-id", "app-id-uri", "azure-authority", "token", "suite", "dataset", "file", "spec",
  "model", "baseline", "attempt", "name", "wait-minutes", "fail-on", "check", "comment", "content", "sha", "pull-request", "run-id",
  "github-token",
];

const variableOf = (name) => `INPUT_${name.toUpperCase().replaceAll("-", "_")}`;

/** Reads and checks them. @throws {Failure} with every problem, each with its fix. */
export function readInputs(environment) {
  const given = Object.fromEntries(NAMES.map((name) => [name, valueOf(environment[variableOf(name)])]));
  const problems = [];
  const check = (isRight, message) => isRight || problems.push(message);
  const inputs = {
    mode: given.mode || "evaluate",
    app: given.app.replace(/\/+$/, ""),
    key: given.key,
    token: given.token,
    entra: { client: given["azure-client-id"], tenant: given["azure-tenant-id"], audience: given["app-id-uri"], authority: given["azure-authority"] || "https://login.microsoftonline.com" },
    suite: given.suite.replace(/^\/+|\/+$/g, ""),
    dataset: given.dataset.replace(/^\/+/, ""),
    files: given.file.split("\n").map((file) => file.trim()).filter(Boolean),
    spec: given.spec,
    model: given.model,
    baseline: given.baseline,
    attempt: numberOf(given.attempt || "0"),
    waitMinutes: numberOf(given["wait-minutes"] || "30"),
    failOn: given["fail-on"] === "never" ? [] : (given["fail-on"] || FAILURES.join(",")).split(",").map((one) => one.trim()),
    check: flagOf(given.check, true),
    comment: flagOf(given.comment, true),
    content: flagOf(given.content, false),
    sha: given.sha,
    pullRequest: given["pull-request"],
    runId: given["run-id"],
    platformToken: given["github-token"],
  };
  inputs.name = given.name || nameOf(inputs.suite || inputs.dataset);
  check(["evaluate", "report"].includes(inputs.mode), "mode: write evaluate or report.");
  check(isAddress(inputs.app), "app: write the app's address, such as https://my-app.azurewebsites.net (http is allowed for this machine only).");
  check(isAddress(inputs.entra.authority), "azure-authority: write an https address.");
  checkSignIn(inputs, check);
  checkPlatform(inputs, check);
  if (inputs.mode === "evaluate") checkSubject(inputs, check);
  else check(inputs.runId === "" || isRunId(inputs.runId), "run-id: write the id of a run (ev-…) or of a suite run (es-…).");
  if (problems.length > 0) throw new Failure(problems.join(" "));
  return inputs;
}

/** Whether a text is the id of a run or a suite run, and so a safe part of an address. */
export const isRunId = (text) => /^(ev|es)-[a-z0-9]{1,64}$/.test(text ?? "");

function checkSignIn({ key, token, entra }, check) {
  const given = [entra.client, entra.tenant, entra.audience].filter(Boolean).length;
  check(given === 0 || given === 3, "azure-client-id, azure-tenant-id, app-id-uri: write all three, or none.");
  check(given > 0 || key || token, "key: write a function key of the app (a secret). Where the app has Entra sign-in, write azure-client-id, azure-tenant-id and app-id-uri too.");
  check(given === 0 || [entra.client, entra.tenant].every((id) => /^[A-Za-z0-9.-]{1,100}$/.test(id)), "azure-client-id, azure-tenant-id: write ids as Entra shows them.");
  check([key, token].every((secret) => /^[\x21-\x7e]*$/.test(secret)), "key: holds white space or characters that no key has.");
}

function checkPlatform({ waitMinutes, failOn, check: isCheck, comment, content, sha, pullRequest }, check) {
  check(waitMinutes >= 0 && waitMinutes <= 360, "wait-minutes: write 0 to 360.");
  check(failOn.every((one) => FAILURES.includes(one)), `fail-on: write never, or some of ${FAILURES.join(", ")}, separated by commas.`);
  for (const [name, flag] of Object.entries({ check: isCheck, comment, content })) check(flag !== null, `${name}: write true or false.`);
  check(sha === "" || isSha(sha), "sha: write a commit's full id.");
  check(pullRequest === "" || isNumber(pullRequest), "pull-request: write its number.");
}

function checkSubject({ suite, dataset, files, spec, model, baseline, attempt, name }, check) {
  check((suite === "") !== (dataset === ""), "suite, dataset: write one of them: a folder of the datasets container for one verdict, or a blob of it.");
  check(![suite, dataset].some((path) => path.split("/").some((part) => part === "." || part === "..")), "suite, dataset: write names without . and .. between slashes.");
  check(new Set(files.map((file) => basename(file))).size === files.length, "file: two files have one name, and would replace one another. Rename one.");
  check(files.length === 0 || suite || files.length === 1, "file: with dataset one file is uploaded under its name. For several, write suite.");
  check(files.length === 0 || spec === "", "spec: not with file. An upload is evaluated by the spec beside it in the container.");
  check(suite === "" || spec === "", "spec: only with dataset. The datasets of a suite have their own.");
  check(suite !== "" || (model === "" && baseline === ""), "model, baseline: only with suite. Of a dataset they are in its spec.");
  check(attempt >= 0, "attempt: write 0 or a higher number.");
  check(files.length === 0 || suite !== "" || attempt === 0, "attempt: not with file and dataset. A new upload is a new run.");
  check(name.length <= 100 && !/\p{Cc}/u.test(name), "name: write at most 100 characters on one line.");
}

/**
 * A name for what has none: of a long path its end, and a key of it all. A name is kept as ASCII beside the commit's, and has no more room.
 */
function nameOf(subject) {
  const isLong = (text) => text.length + 5 * (text.match(/[^ -~]/g)?.length ?? 0) > MAX_SUBJECT;
  if (!isLong(subject)) return `FunctionsEval: ${subject.replace(/\p{Cc}+/gu, " ")}`;
  const end = [...subject];
  while (isLong(end.join(""))) end.shift();
  return `FunctionsEval: …${end.join("").replace(/\p{Cc}+/gu, " ")} ${keyOf(subject).slice(0, 6)}`;
}

/** A variable of Azure DevOps that is not set stays as it was written: $(name). */
const valueOf = (text) => (/^\$\([^()]*\)$/.test(text?.trim() ?? "") ? "" : (text?.trim() ?? ""));

const numberOf = (text) => (isNumber(text) ? Number(text) : -1);
const flagOf = (text, fallback) => (text === "" ? fallback : text === "true" ? true : text === "false" ? false : null);

export const isNumber = (text) => /^\d{1,9}$/.test(text);
export const isSha = (text) => /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text ?? "");

export function isAddress(text) {
  try {
    const url = new URL(text);
    const local = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
    // What the text has besides is taken away by URL, and stays in a link.
    if (!/^[\x21-\x7e]*$/.test(text) || /[\\<>()[\]"'`|]/.test(text.replace("[::1]", ""))) return false;
    return (url.protocol === "https:" || (url.protocol === "http:" && local)) && !url.search && !url.hash && !url.username && !url.password;
  } catch {
    return false;
  }
}
