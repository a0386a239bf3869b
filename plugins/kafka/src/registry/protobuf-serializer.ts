import { AiworkError } from '@aiwork/core';
import type { Type } from 'protobufjs';
import type { Serializer } from '../serializer.ts';
import { blamelessly } from './blamelessly.ts';
import { readIndex, writeIndex } from './message-index.ts';
import { type ProtobufMessages, parseProtobuf } from './protobuf-messages.ts';
import type { RegistryClient } from './registry-client.ts';
import type { SchemaDocument } from './schema-document.ts';
import { unlike } from './unlike.ts';
import { framed, unframed } from './wire-format.ts';
import { once, type SubjectFormat, writtenSchema } from './written-schema.ts';

/** @since 0.1.0 */
export interface ProtobufFormat extends SubjectFormat {
  /** What payloads are written with: the text of a `.proto` file. Default: the newest of the subject. */
  readonly schema?: string;
  /** Full name of the message that payloads are, such as `shop.Order`. Default: the first of the file. */
  readonly message?: string;
}

/**
 * Payloads in camel case, 64-bit integers as `bigint` (to write, also as numbers), enums as the names of their values, bytes
 * as a `Uint8Array`. They are read with what they were written with; what was left out has its default.
 */
export function protobufSerializer(
  client: RegistryClient,
  { schema: text, message, ...format }: ProtobufFormat,
): Serializer {
  const written = writtenSchema(client, format, text === undefined ? undefined : { type: 'PROTOBUF', text });
  const writer = once(async () => {
    const document = await written();
    return blamelessly(`the schema of subject "${format.subject}"`, async () => {
      const messages = await messagesOf(document);
      const index = message === undefined ? [0] : messages.indexOf(message);
      return { id: document.id, index, type: messages.typeAt(index) };
    });
  });
  const known = new Map<number, ProtobufMessages>();

  async function messagesOf(document: SchemaDocument): Promise<ProtobufMessages> {
    if (document.type !== 'PROTOBUF')
      throw new AiworkError('AIWORK_CORRUPT_DATA', `a payload is in ${document.type}, and not in Protobuf`);
    return parseProtobuf(document, await client.referenced(document));
  }

  async function messagesWritten(schemaId: number): Promise<ProtobufMessages> {
    const messages = known.get(schemaId) ?? (await messagesOf(await client.byId(schemaId)));
    known.set(schemaId, messages);
    return messages;
  }

  return {
    contentType: 'application/protobuf',
    async encode(payload) {
      const { id, index, type } = await writer();
      const bytes = encodeExactly(type, payload, format.subject);
      return framed(id, Buffer.concat([writeIndex(index), bytes]));
    },
    async decode(bytes) {
      const { schemaId, payload } = unframed(bytes);
      const messages = await messagesWritten(schemaId);
      const indexed = readIndex(payload);
      const type = messages.typeAt(indexed.index);
      const name = type.fullName.slice(1);
      if (message !== undefined && name !== message)
        throw new AiworkError(
          'AIWORK_CORRUPT_DATA',
          `a payload holds the message ${name}, and not ${message}`,
        );
      return plain(type, indexed.payload);
    },
  };
}

/** Refuses what would not come back as it was given: protobufjs would make `"7"` of 7, and leave out what it does not know. */
function encodeExactly(type: Type, payload: unknown, subject: string): Uint8Array {
  const what = `the payload is not what the schema of subject "${subject}" says`;
  if (typeof payload !== 'object' || payload === null)
    throw new AiworkError('AIWORK_INVALID_INPUT', `${what}: it is no object`);
  let bytes: Uint8Array;
  try {
    bytes = type.encode(type.fromObject({ ...payload })).finish();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AiworkError('AIWORK_INVALID_INPUT', `${what}: ${why}`, { cause });
  }
  const difference = unlike(payload, plain(type, bytes));
  if (difference === undefined) return bytes;
  throw new AiworkError('AIWORK_INVALID_INPUT', `${what}: ${difference}`);
}

const plain = (type: Type, bytes: Uint8Array): Record<string, unknown> =>
  type.toObject(type.decode(bytes), { longs: BigInt, enums: String, defaults: true });
