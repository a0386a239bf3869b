import { AiworkError } from '@aiwork/core';
import type { SchemaDocument, SchemaReference } from './schema-document.ts';

type Answer = Readonly<Record<string, unknown>>;

const longestMessage = 500;

export function parsed(text: string): Answer | undefined {
  try {
    const data: unknown = JSON.parse(text);
    return isRecord(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Somebody may mend a registry that fails, and nothing is wrong with the task meanwhile: so it is always retryable. */
const failed = (message: string, cause?: unknown) =>
  new AiworkError('AIWORK_REGISTRY_FAILED', message, { retryable: true, cause });

export function silent(where: string, error: unknown, timeoutMs: number): AiworkError {
  if (error instanceof Error && error.name === 'TimeoutError')
    return failed(`${where} did not answer within ${timeoutMs} ms: check that it runs`);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? cause.message : String(cause);
  return failed(
    `${where} cannot be reached: check that it runs and that its address is right (${why})`,
    cause,
  );
}

export function refused(where: string, status: number, answer: Answer | undefined): AiworkError {
  const { error_code: code, message } = answer ?? {};
  const told = typeof message === 'string' ? `: ${message.slice(0, longestMessage)}` : '';
  if (status === 404 && typeof code === 'number' && code >= 40400)
    return new AiworkError(
      'AIWORK_SCHEMA_UNKNOWN',
      `${where} knows no such schema: register it (register), or check that it is the one of those who write${told}`,
    );
  if (status === 409)
    return new AiworkError(
      'AIWORK_SCHEMA_REFUSED',
      `${where} does not take the schema, because it does not fit those before it${told}`,
    );
  if (status === 422)
    return new AiworkError('AIWORK_SCHEMA_REFUSED', `${where} does not take the schema${told}`);
  if (status === 401 || status === 403)
    return failed(`${where} refused the user with status ${status}: check auth, and what the user may do`);
  if (status === 404) return failed(`${where} has no registry's API at this address: check url`);
  return failed(`${where} answered with status ${status} and nothing of use${told}`);
}

export function idIn(where: string, { id }: Answer): number {
  if (typeof id === 'number' && Number.isInteger(id)) return id;
  throw failed(`${where} gave a schema without an id`);
}

export function documentIn(where: string, answer: Answer): SchemaDocument {
  const { schema: text, schemaType: type = 'AVRO', references = [] } = answer;
  const isKnown = type === 'AVRO' || type === 'PROTOBUF' || type === 'JSON';
  if (typeof text !== 'string' || !isKnown || !Array.isArray(references) || !references.every(isReference))
    throw failed(`${where} gave something that is no schema in Avro, Protobuf or JSON`);
  return { type, text, references };
}

const isRecord = (value: unknown): value is Answer =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isReference = (value: unknown): value is SchemaReference =>
  isRecord(value) &&
  typeof value['name'] === 'string' &&
  typeof value['subject'] === 'string' &&
  typeof value['version'] === 'number';
