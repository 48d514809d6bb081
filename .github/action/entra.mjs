// The workflow's own identity (OIDC) exchanged for a token of the app: a federated credential of the app registration, and no secret.
import { Failure } from "./failure.mjs";
import { send } from "./http.mjs";

/** @returns the token; null where the inputs name no registration. */
export async function signIn({ client, tenant, audience, authority }, environment) {
  if (!client) return null;
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = environment;
  if (!url || !token) throw new Failure("The job has no identity. Give it permissions: id-token: write (a pull request from a fork never has it).");
  const request = new URL(url);
  request.searchParams.set("audience", "api://AzureADTokenExchange");
  const own = await send("GitHub's identity service", request, { headers: { authorization: `Bearer ${token}`, accept: "application/json" } });
  if (typeof own.json?.value !== "string") throw new Failure("GitHub's identity service gave no token.");
  const answer = await send("Entra", `${authority}/${tenant}/oauth2/v2.0/token`, {
    method: "POST",
    mayRepeat: true,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: client,
      scope: `${audience.replace(/\/\.default$/, "")}/.default`,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: own.json.value,
    }).toString(),
  });
  if (typeof answer.json?.access_token !== "string") throw new Failure("Entra gave no token.");
  return answer.json.access_token;
}
