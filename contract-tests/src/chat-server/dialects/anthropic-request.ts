import { amountOf, type Fields, fieldsOf, knowsOnly, listOf, textOf } from '../json-fields.ts';
import type { ProviderRequest, ProviderTurn } from '../provider-reply.ts';

const known = [
  'model',
  'messages',
  'max_tokens',
  'system',
  'stream',
  'tools',
  'tool_choice',
  'output_config',
  'stop_sequences',
  'thinking',
  'metadata',
  'cache_control',
  'service_tier',
];
/** Fields that the version after the first does not have any more. */
const sampling = ['temperature', 'top_p', 'top_k'];
const versions = ['2023-06-01', '2026-10-21'];

/** What a request of the Messages API asks. @throws Error where Anthropic would refuse it. */
export function readMessagesRequest(body: unknown, version: unknown): ProviderRequest {
  if (!versions.some((known) => known === version))
    throw new Error('anthropic-version: a version is required');
  const fields = fieldsOf(body, 'body');
  knowsOnly(fields, version === versions[0] ? [...known, ...sampling] : known, '');
  if (fields['stream'] !== true) throw new Error('stream: this server only streams');
  const maxTokens = amountOf(fields['max_tokens'], 'max_tokens');
  if (maxTokens === undefined || maxTokens < 1) throw new Error('max_tokens: field required');
  const messages = listOf(fields['messages'], 'messages').map((message, n) =>
    fieldsOf(message, `messages.${n}`),
  );
  if (messages[0]?.['role'] !== 'user') throw new Error('messages: the first must be of the user');
  checkResults(messages);
  const temperature = amountOf(fields['temperature'], 'temperature');
  const schema = schemaOf(fields['output_config']);
  return {
    model: textOf(fields['model'], 'model'),
    system: systemOf(fields['system']),
    turns: messages.flatMap(turnsOf),
    tools: listOf(fields['tools'] ?? [], 'tools').map(toolOf),
    maxTokens,
    ...(schema !== undefined && { schema }),
    ...(temperature !== undefined && { temperature }),
  };
}

const blocksOf = ({ content }: Fields, where: string): readonly Fields[] =>
  typeof content === 'string'
    ? [{ type: 'text', text: content }]
    : listOf(content, where).map((block) => fieldsOf(block, where));

function systemOf(system: unknown): string {
  if (system === undefined) return '';
  return blocksOf({ content: system }, 'system')
    .map((block) => nonEmpty(block['text'], 'system'))
    .join('\n\n');
}

function nonEmpty(value: unknown, where: string): string {
  const text = textOf(value, where);
  if (text === '') throw new Error(`${where}: text content blocks must be non-empty`);
  return text;
}

function turnsOf(message: Fields, n: number): readonly ProviderTurn[] {
  const where = `messages.${n}.content`;
  const blocks = blocksOf(message, where);
  if (blocks.length === 0) throw new Error(`${where}: must not be empty`);
  const of = (type: string) => blocks.filter((block) => block['type'] === type);
  const text = of('text')
    .map((block) => nonEmpty(block['text'], where))
    .join('');
  const [calls, results, images] = [of('tool_use'), of('tool_result'), of('image')];
  if (of('text').length + calls.length + results.length + images.length !== blocks.length) {
    throw new Error(`${where}: a block of an unknown type`);
  }
  if (message['role'] === 'assistant') {
    const toolCalls = calls.map(({ id, name, input }) => {
      return {
        id: textOf(id, `${where}.id`),
        name: textOf(name, `${where}.name`),
        input: fieldsOf(input, `${where}.input`),
      };
    });
    return [{ role: 'assistant', text, toolCalls }];
  }
  if (message['role'] !== 'user') throw new Error(`messages.${n}.role: "user" or "assistant" is expected`);
  const told = results.map((block): ProviderTurn => {
    const toolCallId = textOf(block['tool_use_id'], `${where}.tool_use_id`);
    return {
      role: 'tool',
      toolCallId,
      text: textOf(block['content'], where),
      failed: block['is_error'] === true,
    };
  });
  const said =
    text === '' && images.length === 0 ? [] : [{ role: 'user' as const, text, images: images.map(imageOf) }];
  return [...told, ...said];
}

function imageOf(block: Fields): string {
  const { type, url, media_type: mediaType, data } = fieldsOf(block['source'], 'source');
  return type === 'url'
    ? textOf(url, 'source.url')
    : `data:${mediaType};base64,${textOf(data, 'source.data')}`;
}

function toolOf(tool: unknown) {
  const { name, description, input_schema: schema } = fieldsOf(tool, 'tools');
  const inputSchema = fieldsOf(schema, 'tools.input_schema');
  if (inputSchema['type'] !== 'object') throw new Error('tools.input_schema.type: field required');
  return {
    name: textOf(name, 'tools.name'),
    description: textOf(description, 'tools.description'),
    inputSchema,
  };
}

/** All calls of a turn are answered in the next, first of all. */
function checkResults(messages: readonly Fields[]): void {
  let open: readonly unknown[] = [];
  for (const [n, message] of messages.entries()) {
    const blocks = blocksOf(message, `messages.${n}`);
    const answered = blocks.filter(({ type }) => type === 'tool_result').map((block) => block['tool_use_id']);
    const first = blocks.slice(0, answered.length).every(({ type }) => type === 'tool_result');
    if (!first) throw new Error(`messages.${n}: tool_result blocks must come first`);
    if (!answered.every((id) => open.includes(id))) throw new Error(`messages.${n}: unexpected tool_use_id`);
    const left = open.filter((id) => !answered.includes(id));
    if (left.length > 0)
      throw new Error(`messages.${n}: tool_use ids without tool_result blocks: ${left.join(', ')}`);
    open = blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => id);
  }
  if (open.length > 0) throw new Error('messages: tool_use ids without tool_result blocks at the end');
}

function schemaOf(config: unknown): unknown {
  if (config === undefined) return undefined;
  const { format } = fieldsOf(config, 'output_config');
  if (format === undefined) return undefined;
  const { type, schema } = fieldsOf(format, 'output_config.format');
  if (type !== 'json_schema') throw new Error('output_config.format.type: json_schema is expected');
  return fieldsOf(schema, 'output_config.format.schema');
}
