import { amountOf, fieldsOf, knowsOnly, listOf, textOf } from '../json-fields.ts';
import type { ProviderRequest, ProviderTurn } from '../provider-reply.ts';

const known = [
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'temperature',
  'top_p',
  'max_tokens',
  'max_completion_tokens',
  'n',
  'stop',
  'seed',
  'reasoning_effort',
  'user',
  'store',
  'metadata',
  'frequency_penalty',
  'presence_penalty',
  'logit_bias',
  'service_tier',
  'verbosity',
];

/** What a request of chat completions asks. @throws Error where OpenAI would refuse it. */
export function readChatCompletionsRequest(body: unknown, others: readonly string[]): ProviderRequest {
  const fields = fieldsOf(body, 'body');
  knowsOnly(fields, [...known, ...others], '');
  if (fields['stream'] !== true) throw new Error('stream: this server only streams');
  if (fieldsOf(fields['stream_options'] ?? {}, 'stream_options')['include_usage'] !== true) {
    throw new Error('stream_options: without include_usage nobody knows what a call cost');
  }
  const messages = listOf(fields['messages'], 'messages').map((message, n) =>
    fieldsOf(message, `messages[${n}]`),
  );
  if (messages.length === 0) throw new Error('messages: at least one is expected');
  const system = messages.filter(({ role }) => role === 'system' || role === 'developer');
  const turns = messages.filter((message) => !system.includes(message)).map(turnOf);
  checkResults(turns);
  const temperature = amountOf(fields['temperature'], 'temperature');
  const maxTokens = amountOf(fields['max_completion_tokens'] ?? fields['max_tokens'], 'max_tokens');
  const schema = schemaOf(fields['response_format']);
  return {
    model: textOf(fields['model'], 'model'),
    system: system.map(({ content }) => textOf(content, 'a system message')).join('\n\n'),
    turns,
    tools: listOf(fields['tools'] ?? [], 'tools').map(toolOf),
    ...(schema !== undefined && { schema }),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens }),
  };
}

function turnOf(message: Readonly<Record<string, unknown>>, n: number): ProviderTurn {
  const where = `messages[${n}].content`;
  const { role, content } = message;
  if (role === 'user') {
    const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content, where);
    const read = parts.map((part) => fieldsOf(part, where));
    const texts = read.filter(({ type }) => type === 'text').map(({ text }) => textOf(text, where));
    const images = read.filter(({ type }) => type === 'image_url');
    if (texts.length + images.length !== read.length) throw new Error(`${where}: a part of an unknown type`);
    const urls = images.map(({ image_url: image }) => textOf(fieldsOf(image, where)['url'], where));
    return { role, text: texts.join(''), images: urls };
  }
  if (role === 'assistant') {
    const calls = message['tool_calls'] === undefined ? [] : listOf(message['tool_calls'], 'tool_calls');
    if (message['tool_calls'] !== undefined && calls.length === 0) throw new Error('tool_calls: empty');
    if (content === null && calls.length === 0)
      throw new Error(`${where}: expected, where no tool is called`);
    return { role, text: content === null ? '' : textOf(content, where), toolCalls: calls.map(callOf) };
  }
  if (role !== 'tool') throw new Error(`messages[${n}].role: ${JSON.stringify(role)} is not known`);
  const text = textOf(content, where);
  // There is no field for it: a model can only read it.
  return {
    role,
    toolCallId: textOf(message['tool_call_id'], 'tool_call_id'),
    text,
    failed: /^error\b/i.test(text),
  };
}

function callOf(call: unknown) {
  const { id, type, function: called } = fieldsOf(call, 'tool_calls');
  if (type !== 'function') throw new Error('tool_calls.type: "function" is expected');
  const { name, arguments: input } = fieldsOf(called, 'tool_calls.function');
  return {
    id: textOf(id, 'tool_calls.id'),
    name: textOf(name, 'name'),
    input: JSON.parse(textOf(input, 'arguments')),
  };
}

function toolOf(tool: unknown) {
  const { name, description, parameters } = fieldsOf(fieldsOf(tool, 'tools')['function'], 'tools.function');
  const inputSchema = fieldsOf(parameters, 'tools.function.parameters');
  return {
    name: textOf(name, 'tools.name'),
    description: textOf(description, 'tools.description'),
    inputSchema,
  };
}

/** Every call is answered, and nothing else is. */
function checkResults(turns: readonly ProviderTurn[]): void {
  let open: readonly string[] = [];
  for (const turn of turns) {
    if (turn.role === 'tool') {
      if (!open.includes(turn.toolCallId))
        throw new Error('messages with role "tool" must answer a preceding call');
      open = open.filter((id) => id !== turn.toolCallId);
      continue;
    }
    if (open.length > 0) throw new Error(`tool_call_ids did not have response messages: ${open.join(', ')}`);
    open = turn.role === 'assistant' ? turn.toolCalls.map(({ id }) => id) : [];
  }
  if (open.length > 0) throw new Error(`tool_call_ids did not have response messages: ${open.join(', ')}`);
}

function schemaOf(format: unknown): unknown {
  if (format === undefined) return undefined;
  const { type, json_schema: described } = fieldsOf(format, 'response_format');
  if (type !== 'json_schema') throw new Error('response_format.type: json_schema is expected');
  const { name, schema } = fieldsOf(described, 'response_format.json_schema');
  if (!/^[\w-]{1,64}$/.test(textOf(name, 'json_schema.name')))
    throw new Error('json_schema.name: not a name');
  return fieldsOf(schema, 'json_schema.schema');
}
