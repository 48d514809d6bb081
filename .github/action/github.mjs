// GitHub: a check run of the commit, and one comment of the pull request for each name.
import { randomUUID } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { Failure } from "./failure.mjs";
import { HttpError, send } from "./http.mjs";
import { isSha } from "./inputs.mjs";
import { isMarked, isNewer, mark } from "./marker.mjs";
import { cut, plain } from "./text.mjs";

const MAX_SUMMARY = 65_000;
const MAX_PAGES = 50;

export class GitHub {
  constructor(environment, inputs) {
    this.environment = environment;
    this.repository = environment.GITHUB_REPOSITORY ?? "";
    this.token = inputs.platformToken;
    this.event = environment.GITHUB_EVENT_PATH ? JSON.parse(readFileSync(environment.GITHUB_EVENT_PATH, "utf8")) : {};
    if (!/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/.test(this.repository)) throw new Failure("GITHUB_REPOSITORY: is missing. The action runs in a workflow of GitHub.");
    if ((inputs.check || inputs.comment) && !this.token) throw new Failure("github-token: is missing. Leave it out for the workflow's own, or set check and comment to false.");
  }

  /** Who asks: the commit and the pull request of the event, or those of the inputs. */
  target(inputs) {
    const pull = this.event.pull_request;
    const sha = inputs.sha || pull?.head?.sha || this.environment.GITHUB_SHA;
    if (!isSha(sha)) throw new Failure("sha: write the commit's full id; the event has none.");
    return { repo: this.repository, sha, pr: Number(inputs.pullRequest || pull?.number || 0) || null };
  }

  owns(target) {
    return target.repo === this.repository && isSha(target.sha);
  }

  /** The run that a workflow's event tells of. */
  get told() {
    return this.event.client_payload?.suiteRunId ?? this.event.client_payload?.runId;
  }

  /** Creates the check run, in progress. */
  async begin(target, id, link) {
    const check = {
      name: target.name, head_sha: target.sha, external_id: id, details_url: link, status: "in_progress",
      output: { title: "Evaluating", summary: `[Progress in the dashboard](${link})` },
    };
    await this.#create("/check-runs", check, async () => (await this.#checksOf(target, id)).length > 0);
  }

  /** Completes the check runs of this run, and no other's: one of a commit is found by the run's id, which this action wrote. */
  async finish(target, id, result, summary) {
    const own = await this.#checksOf(target, id);
    for (const run of own) {
      await this.#api(`/check-runs/${run.id}`, "PATCH", {
        status: "completed", conclusion: conclusionOf(result),
        output: { title: cut(result.title, 200), summary: cut(summary, MAX_SUMMARY) },
      });
    }
    return own.length;
  }

  /** Writes the comment of the target's name: one, however often it is written. */
  async comment(target, body) {
    const marked = mark(target, body);
    const [found, ...others] = await this.#own(target);
    for (const double of others) await this.#api(`/issues/comments/${double.id}`, "DELETE");
    if (found) {
      if (!isNewer(found.body, target)) await this.#api(`/issues/comments/${found.id}`, "PATCH", { body: marked });
      return;
    }
    await this.#create(`/issues/${target.pr}/comments`, { body: marked }, async () => (await this.#own(target)).length > 0);
    // Another job may have written one at the same time. Each keeps the first, so that one stays.
    for (const double of (await this.#own(target)).slice(1)) await this.#api(`/issues/comments/${double.id}`, "DELETE").catch(() => {});
  }

  say(text) {
    console.log(plain(text));
  }

  warn(text) {
    console.log(`::warning::${commandText(text)}`);
  }

  fail(text) {
    console.log(`::error::${commandText(text)}`);
  }

  mask(secret) {
    if (secret) console.log(`::add-mask::${secret.replaceAll("%", "%25")}`);
  }

  output(values) {
    const file = this.environment.GITHUB_OUTPUT;
    for (const [name, value] of Object.entries(file ? values : {})) {
      const end = `end-${randomUUID()}`;
      appendFileSync(file, `${name}<<${end}\n${plain(value)}\n${end}\n`);
    }
  }

  summarize(markdown) {
    if (this.environment.GITHUB_STEP_SUMMARY) appendFileSync(this.environment.GITHUB_STEP_SUMMARY, `${markdown}\n`);
  }

  end() {
    // The exit code says it.
  }

  /** Creates something once: it may be there although the answer was lost. */
  async #create(path, body, isThere) {
    try {
      await this.#api(path, "POST", body);
    } catch (broken) {
      if (!(broken instanceof HttpError) || (broken.status !== 0 && broken.status < 500)) throw broken;
      if (!(await isThere())) await this.#api(path, "POST", body);
    }
  }

  async #checksOf(target, id) {
    const runs = await this.#pages(`/commits/${target.sha}/check-runs?check_name=${encodeURIComponent(target.name)}&filter=all`, "check_runs");
    return runs.filter((run) => run.external_id === id);
  }

  /** The comments of the target's name that this token wrote, the oldest first. Anybody can write the marker. */
  async #own(target) {
    const author = await this.#author();
    const comments = await this.#pages(`/issues/${target.pr}/comments`);
    return comments.filter((one) => isMarked(one.body, target) && (author ? one.user?.login === author : one.user?.type === "Bot"))
      .sort((left, right) => left.id - right.id);
  }

  /** Who the token is; null for a workflow's own token, whose comments are a bot's. */
  async #author() {
    this.author ??= send("GitHub", `${this.#base}/user`, { headers: this.#headers }).then((user) => user.json?.login ?? null, (refused) => {
      if (refused instanceof HttpError && [401, 403, 404].includes(refused.status)) return null;
      throw refused;
    });
    return this.author;
  }

  async #pages(path, member) {
    const all = [];
    for (let page = 1; page <= MAX_PAGES; page++) {
      const answer = await this.#api(`${path}${path.includes("?") ? "&" : "?"}per_page=100&page=${page}`, "GET");
      const items = member ? answer.json?.[member] : answer.json;
      if (!Array.isArray(items)) throw new Failure("GitHub's answer has no list.");
      all.push(...items);
      if (!/rel="next"/.test(answer.headers.get("link") ?? "") && items.length < 100) return all;
    }
    return all;
  }

  #api(path, method, body) {
    const headers = { ...this.#headers, ...(body ? { "content-type": "application/json" } : {}) };
    return send("GitHub", `${this.#base}/repos/${this.repository}${path}`, { method, headers, body: body && JSON.stringify(body) });
  }

  get #base() {
    return this.environment.GITHUB_API_URL || "https://api.github.com";
  }

  get #headers() {
    return { authorization: `Bearer ${this.token}`, accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28", "user-agent": "functionseval" };
  }
}

/** A required check lets success and neutral pass: what was not measured is neither, unless fail-on says so. */
function conclusionOf({ kind, fails, unfinished }) {
  return unfinished ? "timed_out" : kind === "pass" ? "success" : fails ? "failure" : "neutral";
}

const commandText = (text) => plain(text, 2000).replaceAll("%", "%25");
