// Starts an evaluation and tells its verdict, or tells that of one which has ended. docs/promotion.md says how it is used.
import { App, hasEnded } from "./app.mjs";
import { AzureDevOps } from "./azure-devops.mjs";
import { signIn } from "./entra.mjs";
import { Failure } from "./failure.mjs";
import { GitHub } from "./github.mjs";
import { HttpError } from "./http.mjs";
import { isRunId, readInputs } from "./inputs.mjs";
import { describe, pending } from "./markdown.mjs";
import * as targets from "./target.mjs";
import { plain, sentence } from "./text.mjs";
import { judge } from "./verdict.mjs";

const NO_RESULT = 3;
const SIGNALS = ["SIGINT", "SIGTERM"];
const RIGHTS =
  "The job needs permissions: checks: write and pull-requests: write (Azure DevOps: Contribute to pull requests). Pull requests from forks never have them.";

/** @returns the exit code. */
async function main(environment) {
  let platform;
  try {
    const inputs = readInputs(environment);
    platform = environment.TF_BUILD ? new AzureDevOps(environment, inputs) : new GitHub(environment, inputs);
    for (const secret of [inputs.key, inputs.token]) platform.mask(secret);
    const token = inputs.token || (await signIn(inputs.entra, environment));
    platform.mask(token);
    const app = new App(inputs.app, { key: inputs.key, token });
    return await (inputs.mode === "report" ? report(app, platform, inputs) : evaluate(app, platform, inputs));
  } catch (failure) {
    const message = failure instanceof Failure ? failure.message : `The action failed: ${failure?.name} ${failure?.message}`;
    if (platform) platform.fail(message);
    else console.log(environment.TF_BUILD ? `##vso[task.logissue type=error]${plain(message, 2000)}` : `::error::${plain(message, 2000)}`);
    return NO_RESULT;
  }
}

async function evaluate(app, platform, inputs) {
  const target = { v: 1, ...platform.target(inputs), name: inputs.name, failOn: inputs.failOn, ...(inputs.content ? { content: true } : {}), at: Math.floor(Date.now() / 1000) };
  const { id, kept } = await app.start(inputs, targets.write(target));
  const link = app.linkTo(id);
  platform.say(`Evaluating as ${id}: ${link}`);
  platform.output({ "run-id": id, url: link });
  const show = { check: inputs.check, comment: inputs.comment && target.pr !== null };
  // The check is there before the run is looked at: whoever comes later, this job or the notification, finds and completes it.
  if (show.check) show.check = await permitted(platform, () => platform.begin(target, id, link));
  if (show.comment) show.comment = await written(platform, "comment", () => platform.comment(target, pending(target.name, id, link)));
  const giveUp = async (title) => {
    if (show.check) await written(platform, "check", () => platform.finish(target, id, unfinished(title), `The run goes on: ${link}`, link));
  };
  // GitHub and Azure DevOps give a job that is cancelled some seconds. What a notification completes goes on.
  const stop = () => (kept ? Promise.resolve() : giveUp("The job was cancelled")).finally(() => process.exit(NO_RESULT));
  for (const signal of SIGNALS) process.once(signal, stop);
  let run;
  try {
    run = await app.wait(id, inputs.waitMinutes, (text) => platform.say(text));
  } catch (broken) {
    if (!kept) await giveUp("The run could not be read");
    throw broken;
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
  if (hasEnded(run)) return conclude(app, platform, id, run, target, show);
  platform.output({ status: run.status, verdict: "" });
  if (kept && inputs.check && !show.check) throw new Failure(`${id} is ${run.status}, and there is no check that its notification could complete. ${RIGHTS}`);
  if (kept) {
    platform.say(`${id} is ${run.status}. Its notification completes the ${inputs.check ? "check" : "comment"}.`);
    return 0;
  }
  await giveUp("Not finished in time");
  throw new Failure(
    `${id} is ${run.status} after ${inputs.waitMinutes} minutes, and nothing would tell of its end. Raise wait-minutes, or give the spec notify.webhook with the format GitHub (docs/promotion.md).`,
  );
}

const unfinished = (title) => ({ kind: "no-result", fails: true, unfinished: true, title });

async function conclude(app, platform, id, run, target, show) {
  const result = judge(run, target.failOn);
  const markdown = await describe(app, id, run, { name: target.name, title: result.title, content: target.content === true });
  const link = app.linkTo(id);
  // The verdict is there. Nobody who cannot be told of it changes it.
  if (show.check) await written(platform, "check", () => platform.finish(target, id, result, markdown, link));
  if (show.comment) await written(platform, "comment", () => platform.comment(target, markdown, result));
  platform.summarize(markdown, environmentWantsReport() ? await app.report(id) : null);
  platform.output({ status: run.status, verdict: result.verdict ?? "" });
  platform[result.fails ? "fail" : "say"](`${result.title}: ${id} (${link})`);
  platform.end(result);
  return result.exitCode;
}

/** Tells of an end to everybody who asked. What counts is what the app says, whatever the event says. */
async function report(app, platform, inputs) {
  const id = inputs.runId || platform.told;
  if (!isRunId(id)) throw new Failure("run-id: the event names no run. Start the workflow by repository_dispatch (functionseval-ended), or write run-id.");
  const run = await app.find(id);
  if (!hasEnded(run)) {
    platform.say(`${id} is ${plain(run?.status)}: it goes on, and tells of its end again.`);
    return 0;
  }
  const own = (run.contexts ?? []).map(targets.read).filter((target) => target !== null && platform.owns(target));
  let failed = 0;
  for (const target of own) {
    try {
      await tell(app, platform, id, run, target, inputs);
    } catch (broken) {
      failed++;
      platform.warn(`${target.name}: ${broken instanceof Failure ? broken.message : broken?.name}`);
    }
  }
  platform.output({ "run-id": id, status: run.status, verdict: judge(run, []).verdict ?? "", url: app.linkTo(id) });
  platform.say(`${id}: ${own.length - failed} of ${own.length} callers of this repository were told.`);
  return failed > 0 ? NO_RESULT : 0;
}

async function tell(app, platform, id, run, target, inputs) {
  const result = judge(run, target.failOn);
  const markdown = await describe(app, id, run, { name: target.name, title: result.title, content: target.content === true });
  const completed = inputs.check ? await platform.finish(target, id, result, markdown, app.linkTo(id)) : 0;
  if (inputs.check && completed === 0) platform.say(`${target.name}: no check of ${id} is there to complete.`);
  if (inputs.comment && target.pr !== null) await platform.comment(target, markdown, result);
}

/**
 * Begins a check, which the token may not be allowed to; a pull request of a fork has a token that only reads.
 * @returns whether it is there.
 */
async function permitted(platform, act) {
  try {
    await act();
    return true;
  } catch (refused) {
    if (!isForbidden(refused)) throw refused;
    platform.warn(`The check is not written: ${sentence(refused.message)} ${RIGHTS}`);
    return false;
  }
}

/** Writes what tells of a run and does not decide. @returns whether it is written. */
async function written(platform, what, act) {
  try {
    await act();
    return true;
  } catch (broken) {
    if (!(broken instanceof Failure)) throw broken;
    platform.warn(`The ${what} is not written: ${sentence(broken.message)}${isForbidden(broken) ? ` ${RIGHTS}` : ""}`);
    return false;
  }
}

const isForbidden = (refused) => refused instanceof HttpError && [401, 403, 404].includes(refused.status);

const environmentWantsReport = () => Boolean(process.env.TF_BUILD);

process.exitCode = await main(process.env);
