// Azure DevOps: a status of the pull request (or of the commit), and one thread of the pull request for each name.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.mjs";
import { send } from "./http.mjs";
import { isAddress, isSha } from "./inputs.mjs";
import { isMarked, isNewer, mark } from "./marker.mjs";
import { cut, plain } from "./text.mjs";

const VERSION = "api-version=7.1";
const GENRE = "functionseval";
const MAX_COMMENT = 150_000; // Azure DevOps takes 150,000 characters; the comment has fewer.

export class AzureDevOps {
  constructor(environment, inputs) {
    this.environment = environment;
    this.collection = (environment.SYSTEM_COLLECTIONURI ?? "").replace(/\/+$/, "");
    this.project = environment.SYSTEM_TEAMPROJECT ?? "";
    this.repository = environment.FUNCTIONSEVAL_REPOSITORY || environment.BUILD_REPOSITORY_ID || "";
    this.token = inputs.platformToken;
    if (!isAddress(this.collection) || !this.project) throw new Failure("SYSTEM_COLLECTIONURI, SYSTEM_TEAMPROJECT: are missing. The script runs in a pipeline of Azure DevOps.");
    if ((inputs.check || inputs.comment) && !this.token) throw new Failure("SYSTEM_ACCESSTOKEN: is missing. Pass it as the template does, or set check and comment to false.");
  }

  target(inputs) {
    const { SYSTEM_PULLREQUEST_PULLREQUESTID: pull, SYSTEM_PULLREQUEST_SOURCECOMMITID: source, BUILD_SOURCEVERSION: built } = this.environment;
    const sha = inputs.sha || source || built;
    if (!isSha(sha)) throw new Failure("sha: write the commit's full id; the pipeline has none.");
    return { repo: this.#key, sha, pr: Number(inputs.pullRequest || pull || 0) || null };
  }

  owns(target) {
    return target.repo === this.#key && isSha(target.sha);
  }

  /** The run that a webhook of the pipeline tells of. */
  get told() {
    return this.environment.FUNCTIONSEVAL_RUN;
  }

  async begin(target, _, link) {
    await this.#status(target, "pending", "Evaluating", link);
  }

  /**
   * Sets the status, where the newest one is of this run: it is found by the address of the run, which this script wrote. A run of an
   * earlier push that ends later changes nothing.
   */
  async finish(target, id, result, _, link) {
    const known = (await this.#api(`${placeOf(target)}/statuses?${VERSION}`, "GET")).json?.value ?? [];
    const own = known.filter((one) => one.context?.genre === GENRE && one.context?.name === target.name);
    const newest = own.reduce((last, one) => (last && Number(last.id) > Number(one.id) ? last : one), null);
    if (newest?.targetUrl !== link) return 0;
    const state = result.kind === "pass" || (!result.fails && !result.unfinished) ? "succeeded" : result.unfinished ? "error" : "failed";
    await this.#status(target, state, result.title, link);
    return 1;
  }

  async comment(target, body, result) {
    const content = cut(mark(target, body), MAX_COMMENT);
    const status = result && (result.fails || result.unfinished) ? "active" : "closed";
    const threads = `/pullRequests/${target.pr}/threads`;
    const me = await this.#me();
    const all = (await this.#api(`${threads}?${VERSION}`, "GET")).json?.value ?? [];
    const own = all.filter((thread) => !thread.isDeleted && isMarked(thread.comments?.[0]?.content, target) && !thread.comments[0].isDeleted && thread.comments[0].author?.id === me);
    const [found] = own.sort((left, right) => left.id - right.id);
    if (!found) {
      await this.#api(`${threads}?${VERSION}`, "POST", { comments: [{ parentCommentId: 0, content, commentType: "text" }], status });
    } else if (!isNewer(found.comments[0].content, target)) {
      await this.#api(`${threads}/${found.id}/comments/${found.comments[0].id}?${VERSION}`, "PATCH", { content });
      if (found.status !== status) await this.#api(`${threads}/${found.id}?${VERSION}`, "PATCH", { status });
    }
  }

  say(text) {
    console.log(plain(text));
  }

  warn(text) {
    console.log(`##vso[task.logissue type=warning]${commandText(text)}`);
  }

  fail(text) {
    console.log(`##vso[task.logissue type=error]${commandText(text)}`);
  }

  mask(secret) {
    if (secret) console.log(`##vso[task.setsecret]${secret.replaceAll("%", "%AZP25")}`);
  }

  output(values) {
    for (const [name, value] of Object.entries(values)) console.log(`##vso[task.setvariable variable=${name};isOutput=true]${commandText(value)}`);
  }

  summarize(markdown, report) {
    const directory = join(this.environment.BUILD_ARTIFACTSTAGINGDIRECTORY || this.environment.AGENT_TEMPDIRECTORY || ".", "functionseval");
    mkdirSync(directory, { recursive: true });
    const summary = join(directory, "functionseval.md");
    writeFileSync(summary, markdown);
    console.log(`##vso[task.uploadsummary]${commandText(summary)}`);
    if (report) {
      const page = join(directory, "report.html");
      writeFileSync(page, report);
      console.log(`##vso[artifact.upload containerfolder=functionseval;artifactname=functionseval]${commandText(page)}`);
    }
  }

  /** The result of a step that does not fail, and is no pass either. */
  end({ kind, fails }) {
    if (kind !== "pass" && !fails) console.log("##vso[task.complete result=SucceededWithIssues;]The evaluation did not pass.");
  }

  get #key() {
    return `${this.collection}/${this.project}/${this.repository}`;
  }

  async #me() {
    this.me ??= (await this.#send(`${this.collection}/_apis/connectionData`, "GET")).json?.authenticatedUser?.id;
    if (!this.me) throw new Failure("Azure DevOps does not say whose token SYSTEM_ACCESSTOKEN is.");
    return this.me;
  }

  #status(target, state, description, link) {
    return this.#api(`${placeOf(target)}/statuses?${VERSION}`, "POST", { state, description: cut(description, 200), targetUrl: link, context: { name: target.name, genre: GENRE } });
  }

  #api(path, method, body) {
    return this.#send(`${this.collection}/${encodeURIComponent(this.project)}/_apis/git/repositories/${encodeURIComponent(this.repository)}${path}`, method, body);
  }

  #send(url, method, body) {
    const headers = { authorization: `Bearer ${this.token}`, accept: "application/json", ...(body ? { "content-type": "application/json" } : {}) };
    return send("Azure DevOps", url, { method, headers, body: body && JSON.stringify(body) });
  }
}

const placeOf = (target) => (target.pr ? `/pullRequests/${target.pr}` : `/commits/${target.sha}`);
const commandText = (text, length = 2000) => plain(text, length).replaceAll("%", "%AZP25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
