import type { Serializer } from '../serializer.ts';
import { type AvroFormat, avroSerializer } from './avro-serializer.ts';
import { type JsonFormat, jsonSerializer } from './json-serializer.ts';
import { type ProtobufFormat, protobufSerializer } from './protobuf-serializer.ts';
import { createRegistryClient, type SchemaRegistryOptions } from './registry-client.ts';

/** Serializers of payloads whose schemas are in one registry. @since 0.1.0 */
export interface SchemaRegistry {
  /** Payloads in Avro. Needs the package `avsc`. */
  avro(format: AvroFormat): Serializer;
  /** Payloads in Protobuf. Needs the package `protobufjs`. */
  protobuf(format: ProtobufFormat): Serializer;
  /** Payloads in JSON, with a schema that shows itself as JSON Schema, such as one of Zod 4.2 or newer. */
  json(format: JsonFormat): Serializer;
}

/**
 * A schema registry that speaks the API of Confluent's: theirs, Karapace, Redpanda's, Apicurio under `/apis/ccompat/v7`.
 * What tasks hold is what other clients of such a registry write and read: a zero, the schema's id, and the payload.
 *
 * It is asked once for each schema and keeps no connection that would have to be closed. Serializers throw `AiworkError`s:
 * `AIWORK_REGISTRY_FAILED` when it does not answer, refuses the user or knows no such schema, `AIWORK_SCHEMA_REFUSED` when
 * it does not take a schema, `AIWORK_INVALID_INPUT` for a payload that is not what the schema says, and
 * `AIWORK_CORRUPT_DATA` for bytes that cannot be read. `consumeTasks` waits while the registry fails, and makes dead letters
 * of the latter two.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option has a value that cannot be used.
 * @example
 * ```ts no-run: needs Kafka and a registry
 * import { kafkaTasks } from '@aiwork/kafka';
 * import { schemaRegistry } from '@aiwork/kafka/registry';
 *
 * const registry = schemaRegistry({ url: 'http://localhost:8081' });
 * const serializer = registry.avro({
 *   subject: 'aiwork.mail-value',
 *   schema: { type: 'record', name: 'Mail', fields: [{ name: 'to', type: 'string' }] },
 *   register: true,
 * });
 * await using tasks = await kafkaTasks();
 * await tasks.produceTask('mail', { to: 'ada@example.org' }, { serializer });
 * ```
 * @since 0.1.0
 */
export function schemaRegistry(options: SchemaRegistryOptions): SchemaRegistry {
  const client = createRegistryClient(options);
  return {
    avro: (format) => avroSerializer(client, format),
    protobuf: (format) => protobufSerializer(client, format),
    json: (format) => jsonSerializer(client, format),
  };
}
