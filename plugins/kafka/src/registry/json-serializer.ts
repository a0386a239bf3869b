import { requireJsonSchema, validate, type WireSchema } from '@aiwork/core';
import type { Serializer } from '../serializer.ts';
import { jsonSerializer as plain } from '../serializer.ts';
import type { RegistryClient } from './registry-client.ts';
import { framed, unframed } from './wire-format.ts';
import { type SubjectFormat, writtenSchema } from './written-schema.ts';

/** @since 0.1.0 */
export interface JsonFormat extends SubjectFormat {
  /** What payloads have to be when they are written and when they are read. */
  readonly schema: WireSchema;
}

/** What is read is checked by its reader's schema, so the registry is only asked by those who write. */
export function jsonSerializer(client: RegistryClient, { schema, ...format }: JsonFormat): Serializer {
  const what = `the payload of subject "${format.subject}"`;
  const text = JSON.stringify(requireJsonSchema(schema, what));
  const written = writtenSchema(client, format, { type: 'JSON', text });
  const failure = { code: 'AIWORK_INVALID_INPUT', what } as const;
  return {
    contentType: plain.contentType,
    async encode(payload) {
      await validate(schema, payload, failure);
      const { id } = await written();
      return framed(id, await plain.encode(payload));
    },
    decode: (bytes) => validate(schema, plain.decode(unframed(bytes).payload), failure),
  };
}
