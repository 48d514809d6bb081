// The app's interface, as docs/openapi.json describes it.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "./failure.mjs";
import { HttpError, send } from "./http.mjs";
import { isRunId } from "./inputs.mjs";
import { sentence } from "./text.mjs";

const ENDED = ["Completed", "Partial", "Cancelled", "Failed"];

export class App {
  constructor(address, { key, token }) {
    this.address = address;
    this.headers = { ...(key ? { "x-functions-key": key } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}) };
  }

  /** Uploads and starts what the inputs name. @returns {{id, kept}}: the run, and whether its notification will carry the context. */
  async start(inputs, context) {
    if (inputs.suite) {
      for (const file of inputs.files) await this.#upload(file, `${inputs.suite}/${basename(file)}`);
      const { suite, attempt, model, baseline } = inputs;
      return startedOf(await this.#post("/api/suites", { suite, attempt, context, ...(model ? { model } : {}), ...(baseline ? { baseline } : {}) }));
    }
    if (inputs.files.length > 0) {
      const answer = await this.#upload(inputs.files[0], inputs.dataset, context);
      if (!answer.runId) throw new Failure("file: is the training file of a suite, which is stored and not evaluated. Upload a dataset.");
      return startedOf(answer);
    }
    const spec = inputs.spec ? { spec: await readSpec(inputs.spec) } : {};
    return startedOf(await this.#post("/api/evaluations", { dataset: inputs.dataset, attempt: inputs.attempt, context, ...spec }));
  }

  /** The run, or the suite run, as it is. */
  async find(id) {
    const run = (await this.#send(pathOf(id))).json;
    if (typeof run?.status !== "string") throw new Failure("The app's answer is no run. Check its address.");
    return run;
  }

  /** Waits until it has ended, or the time is over. An app that cannot be reached may come back meanwhile. @returns it as it is then. */
  async wait(id, minutes, tell) {
    const end = Date.now() + minutes * 60_000;
    for (let pause = 2000, said = ""; ; pause = Math.min(30_000, pause * 1.5)) {
      const isLast = Date.now() + pause > end;
      try {
        const run = await this.find(id);
        if (hasEnded(run) || isLast) return run;
        if (run.status !== said) tell(`${id} is ${(said = run.status)}.`);
      } catch (broken) {
        if (isLast || !isPassing(broken)) throw broken;
        tell(`${sentence(broken.message)} Asking again.`);
      }
      await sleep(pause);
    }
  }

  /** What the run says at first sight, in Markdown that the app has escaped; null where it cannot say. */
  async overview(id) {
    return this.#extra(async () => {
      const { headers, text } = await this.#send(`${pathOf(id)}/overview?format=markdown`, { type: "text" });
      return headers.get("content-type")?.startsWith("text/markdown") ? text : null;
    }, null);
  }

  /** The first samples, in the dataset's order, that only the baseline got right; none where there are none to ask for. */
  async lost(id, size) {
    return this.#extra(async () => {
      const { samples } = (await this.#send(`${pathOf(id)}/samples?flip=lost&size=${size}`)).json ?? {};
      return Array.isArray(samples) ? samples : [];
    }, []);
  }

  /** The report, a page of HTML; null where there is none. */
  async report(id) {
    return this.#extra(async () => (await this.#send(`${pathOf(id)}/report`, { type: "text" })).text, null);
  }

  /** The page of the dashboard. */
  linkTo(id) {
    return `${this.address}/#/${isSuite(id) ? "suites" : "runs"}/${id}`;
  }

  /** What is told beside a verdict; without it, the verdict is told all the same. */
  async #extra(read, without) {
    try {
      return await read();
    } catch (missing) {
      if (missing instanceof Failure) return without;
      throw missing;
    }
  }

  async #upload(file, dataset, context) {
    const content = await readFile(file).catch(() => {
      throw new Failure("file: there is no such file. Check the path, and that the repository is checked out.");
    });
    const name = dataset.split("/").map(encodeURIComponent).join("/");
    const query = new URLSearchParams({ replace: "true", ...(context ? { context } : {}) });
    return (await this.#send(`/api/datasets/${name}?${query}`, { method: "PUT", body: content })).json;
  }

  async #post(path, body) {
    // Asking twice for one run gives the same run.
    return (await this.#send(path, { method: "POST", mayRepeat: true, headers: { "content-type": "application/json" }, body: JSON.stringify(body) })).json;
  }

  async #send(path, options = {}) {
    try {
      return await send("The app", this.address + path, { ...options, headers: { ...this.headers, ...options.headers } });
    } catch (refused) {
      if (!(refused instanceof HttpError) || (refused.status !== 401 && refused.status !== 403)) throw refused;
      throw new HttpError(
        `The app answered ${refused.status}. It needs ${this.headers["x-functions-key"] ? "another" : "a"} function key (key), and where it has Entra sign-in a token of its registration too (azure-client-id, azure-tenant-id, app-id-uri).`,
        refused.status,
        refused.body,
      );
    }
  }
}

export const isSuite = (id) => id.startsWith("es-");
export const hasEnded = (run) => ENDED.includes(run?.status);

const isPassing = (broken) => broken instanceof HttpError && (broken.status === 0 || broken.status === 429 || broken.status >= 500);

const pathOf = (id) => `/api/${isSuite(id) ? "suites" : "evaluations"}/${id}`;

function startedOf(answer) {
  const id = answer?.suiteRunId ?? answer?.runId;
  if (!isRunId(id)) throw new Failure("The app named no run. Check its address.");
  return { id, kept: answer.contextKept === true };
}

async function readSpec(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (unreadable) {
    throw new Failure(unreadable instanceof SyntaxError ? "spec: the file is not JSON." : "spec: there is no such file. Check the path, and that the repository is checked out.");
  }
}
