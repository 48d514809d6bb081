// Turns a signed notification into a repository_dispatch event. docs/promotion.md says how it is run.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const MAX_BYTES = 64 * 1024;
const TOLERANCE_SECONDS = 300;

/** Whether a delivery is signed with the secret (Standard Webhooks) and not older, or newer, than five minutes. */
export function isSigned(body, headers, secret, now = Date.now()) {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  if (!id || !/^\d+$/.test(timestamp ?? "") || Math.abs(now / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) {
    return false;
  }

  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
  return (headers["webhook-signature"] ?? "").split(" ").some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ""), "base64");
    return signature.startsWith("v1,") && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** What the workflow is sent; null for what promotes nothing. */
export function toDispatch(notification) {
  const { schemaVersion, type, data } = notification ?? {};
  return schemaVersion === 1 && type === "suite.completed" && data?.verdict === "pass"
    ? { event_type: "functionseval", client_payload: { suiteRunId: data.suiteRunId } }
    : null;
}

async function read(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > MAX_BYTES) {
      return null;
    }

    parts.push(part);
  }

  return Buffer.concat(parts);
}

async function answer(request, response) {
  const body = await read(request);
  if (body === null || !isSigned(body, request.headers, process.env.WEBHOOK_SECRET)) {
    response.writeHead(401).end();
    return;
  }

  const dispatch = toDispatch(JSON.parse(body));
  if (dispatch) {
    const sent = await fetch(`https://api.github.com/repos/${process.env.REPOSITORY}/dispatches`, {
      method: "POST",
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${process.env.GITHUB_TOKEN}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(dispatch),
    });
    // 503 makes the app send the notification again.
    response.writeHead(sent.ok ? 204 : 503).end();
    return;
  }

  response.writeHead(204).end();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(503).end());
  }).listen(process.env.PORT ?? 8080);
}
