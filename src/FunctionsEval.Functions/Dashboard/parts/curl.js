// The request of a sample as a command that one runs in a shell. It has no key and no address of its own: $API_KEY and $ENDPOINT are the reader's.

/** The command that asks a model what the sample asked it. */
export function curlOf({ prompt, parameters }, role) {
  const model = parameters[role];
  const isAzure = /azure/i.test(model.provider ?? '');
  const body = {
    model: model.deployment ?? model.name,
    messages: prompt.messages.map(messageOf),
    ...(prompt.tools ? { tools: prompt.tools } : {}),
    ...(parameters.maxOutputTokens ? { [isAzure || /^openai$/i.test(model.provider ?? '') ? 'max_completion_tokens' : 'max_tokens']: parameters.maxOutputTokens } : {}),
    ...present({ temperature: parameters.temperature, top_p: parameters.topP, seed: parameters.seed, stop: parameters.stop, reasoning_effort: parameters.reasoningEffort, verbosity: parameters.verbosity, response_format: parameters.responseFormat, tool_choice: parameters.toolChoice }),
    ...(parameters.logProbabilities ? { logprobs: true } : {}),
  };
  const [address, header] = isAzure
    ? ['"$ENDPOINT/openai/v1/chat/completions"', '"api-key: $API_KEY"']
    : [/^openai$/i.test(model.provider ?? '') ? '"https://api.openai.com/v1/chat/completions"' : '"$ENDPOINT/chat/completions"', '"Authorization: Bearer $API_KEY"'];
  return [`curl ${address}`, `-H ${header}`, "-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body, null, 2))}`].join(' \\\n  ');
}

const present = (members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));

function messageOf({ role, content, name, images, toolCalls, toolCallId }) {
  const text = images?.length ? [{ type: 'text', text: content }, ...images.map((url) => ({ type: 'image_url', image_url: { url } }))] : content;
  return { role, content: text, ...present({ name, tool_call_id: toolCallId, tool_calls: toolCalls?.map((call) => ({ id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } })) }) };
}

/** A text as one word of a POSIX shell. */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
