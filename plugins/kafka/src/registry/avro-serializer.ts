import { AiworkError } from '@aiwork/core';
import type { Type } from 'avsc';
import type { Serializer } from '../serializer.ts';
import { blamelessly } from './blamelessly.ts';
import { optionalPackage } from './optional-package.ts';
import type { RegistryClient } from './registry-client.ts';
import type { SchemaDocument } from './schema-document.ts';
import { framed, unframed } from './wire-format.ts';
import { once, type SubjectFormat, writtenSchema } from './written-schema.ts';

/** @since 0.1.0 */
export interface AvroFormat extends SubjectFormat {
  /**
   * What payloads are written with, and what they are made to fit when they are read: a schema of Avro, as data or JSON.
   * Default: the newest of the subject to write, and what each was written with to read.
   */
  readonly schema?: string | object;
}

/** Payloads as `avsc` has them: 64-bit integers are numbers, and those that no number can hold are refused. */
export function avroSerializer(client: RegistryClient, { schema, ...format }: AvroFormat): Serializer {
  const text = schema === undefined || typeof schema === 'string' ? schema : JSON.stringify(schema);
  const given = text === undefined ? undefined : ({ type: 'AVRO', text } as const);
  const written = writtenSchema(client, format, given);
  const own = once(() =>
    blamelessly(`the schema of subject "${format.subject}"`, async () =>
      typeOf(given ? { ...given, references: format.references ?? [] } : await written()),
    ),
  );
  const readers = new Map<number, (payload: Buffer) => unknown>();

  async function typeOf(document: SchemaDocument): Promise<Type> {
    const { default: avro } = await optionalPackage('avsc', () => import('avsc'));
    if (document.type !== 'AVRO')
      throw new AiworkError('AIWORK_CORRUPT_DATA', `a payload is in ${document.type}, and not in Avro`);
    // Types that a schema names are found here once they were read.
    const registry = {};
    for (const { text } of await client.referenced(document)) {
      avro.Type.forSchema(JSON.parse(text), { registry });
    }
    return avro.Type.forSchema(JSON.parse(document.text), { registry });
  }

  async function readerOf(schemaId: number): Promise<(payload: Buffer) => unknown> {
    const before = readers.get(schemaId);
    if (before) return before;
    const wanted = given && (await own());
    const writer = await typeOf(await client.byId(schemaId));
    const type = wanted ?? writer;
    const resolver = wanted?.createResolver(writer);
    const read = (payload: Buffer) => type.fromBuffer(payload, resolver);
    readers.set(schemaId, read);
    return read;
  }

  return {
    contentType: 'application/avro',
    async encode(payload) {
      const type = await own();
      const wrong = mismatch(type, payload);
      if (wrong !== undefined)
        throw new AiworkError(
          'AIWORK_INVALID_INPUT',
          `the payload is not what the schema of subject "${format.subject}" says: ${wrong}`,
        );
      const { id } = await written();
      return framed(id, type.toBuffer(payload));
    },
    async decode(bytes) {
      const { schemaId, payload } = unframed(bytes);
      const read = await readerOf(schemaId);
      return read(payload);
    },
  };
}

/** Names places and kinds alone: payloads do not belong in errors. */
function mismatch(type: Type, payload: unknown): string | undefined {
  const wrong: string[] = [];
  function errorHook(path: readonly string[], value: unknown, expected: Type): void {
    const place = path.length === 0 ? 'it' : path.join('.');
    const isRecord = expected.typeName === 'record' && typeof value === 'object' && value !== null;
    wrong.push(
      isRecord
        ? `${place} has a field that is not declared`
        : `${place} is ${value === null ? 'null' : typeof value}, and not ${expected.typeName}`,
    );
  }
  if (type.isValid(payload, { noUndeclaredFields: true, errorHook })) return undefined;
  return wrong.slice(0, 5).join('; ');
}
