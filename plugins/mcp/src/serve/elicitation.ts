import { type JsonSchema, toReadableJson } from '@aiwork/core';
import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type ElicitRequestFormParams,
  type InputRequest,
  inputRequired,
  isSpecType,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { OpenWait } from './open-waits.ts';

type Form = ElicitRequestFormParams['requestedSchema'];

/** Whether a client shows forms; one that declares no kind of elicitation means these. */
export function showsForms(server: Server, { mcpReq }: ServerContext): boolean {
  const perRequest = mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
  const declared = (perRequest?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities()) as
    | ClientCapabilities
    | undefined;
  const elicitation = declared?.elicitation;
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

/** The question a waiting step asks, as a form; nothing when its answer is more than a form can ask for. */
export function formOf({ step, prompt }: OpenWait, schema: JsonSchema | undefined): InputRequest | undefined {
  const requestedSchema = schema && asForm(schema);
  if (!requestedSchema) return undefined;
  const message =
    prompt === undefined
      ? `"${step}" waits for an answer.`
      : typeof prompt === 'string'
        ? prompt
        : `${step}: ${toReadableJson(prompt)}`;
  return inputRequired.elicit({ message, requestedSchema });
}

/** Keywords that forms know; the payload is checked against the whole schema when it comes. */
const keywords = new Set([
  'type',
  'title',
  'description',
  'default',
  'minLength',
  'maxLength',
  'format',
  'minimum',
  'maximum',
  'enum',
  'enumNames',
  'oneOf',
  'items',
  'minItems',
  'maxItems',
]);
const types = new Set<unknown>(['string', 'number', 'integer', 'boolean', 'array']);
const formats = new Set(['email', 'uri', 'date', 'date-time']);

/** A form has fields of texts, numbers, yes or no, and of one or several of some choices. */
function asForm({ type, properties, required }: JsonSchema): Form | undefined {
  if (type !== 'object' || typeof properties !== 'object' || properties === null) return undefined;
  const fields = Object.entries(properties).map(([name, schema]) => [name, asField(schema)] as const);
  const form: unknown = {
    type: 'object',
    properties: Object.fromEntries(fields),
    ...(Array.isArray(required) && { required }),
  };
  const params: unknown = { message: '', requestedSchema: form };
  if (fields.some(([, field]) => field === undefined) || !isSpecType.ElicitRequestFormParams(params))
    return undefined;
  return params.requestedSchema;
}

function asField(schema: unknown): object | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const { type } = schema as { readonly type?: unknown };
  if (!types.has(type)) return undefined;
  const known = Object.entries(schema).filter(
    ([keyword, value]) => keywords.has(keyword) && (keyword !== 'format' || formats.has(String(value))),
  );
  return Object.fromEntries(known);
}
