import { AiworkError, type Schema, validate } from '@aiwork/core';
import { jsonSerializer, type Serializer } from './serializer.ts';

/** How the payloads of a queue are written and checked. */
export interface PayloadFormat<Payload = unknown> {
  readonly serializer?: Serializer | undefined;
  readonly schema?: Schema<unknown, Payload> | undefined;
}

/** The payload as it was given, once its schema took it: a handler's schema makes of it what it makes of it. */
export async function writePayload(queue: string, payload: unknown, format: PayloadFormat): Promise<Buffer> {
  const { serializer = jsonSerializer, schema } = format;
  const what = `the payload for queue "${queue}"`;
  try {
    if (schema) await validate(schema, payload, { code: 'AIWORK_INVALID_INPUT', what });
    return Buffer.from(await serializer.encode(payload));
  } catch (error) {
    const { code, message, retryable } = AiworkError.isInstance(error)
      ? error
      : new AiworkError(
          'AIWORK_NOT_SERIALIZABLE',
          `${what} cannot be written as ${serializer.contentType}: ${messageOf(error)}`,
        );
    throw new AiworkError(code, message, { cause: error, retryable, outcome: 'not-applied' });
  }
}

/**
 * @throws `AIWORK_INVALID_INPUT` when it is not what the schema says, `AIWORK_CORRUPT_DATA` when it cannot be read, and what
 * the serializer throws of our own.
 */
export async function readPayload<Payload>(
  queue: string,
  bytes: Uint8Array,
  { serializer = jsonSerializer, schema }: PayloadFormat<Payload>,
): Promise<Payload> {
  const what = `the payload of a task of queue "${queue}"`;
  try {
    const decoded = await serializer.decode(bytes);
    // Without a schema, what it is is what its producers and handlers agreed on.
    if (!schema) return decoded as Payload;
    return await validate(schema, decoded, { code: 'AIWORK_INVALID_INPUT', what });
  } catch (error) {
    if (AiworkError.isInstance(error)) throw error;
    throw new AiworkError('AIWORK_CORRUPT_DATA', `${what} cannot be read as ${serializer.contentType}`, {
      cause: error,
    });
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
