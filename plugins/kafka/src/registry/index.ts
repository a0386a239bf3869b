export type { AvroFormat } from './avro-serializer.ts';
export type { JsonFormat } from './json-serializer.ts';
export type { ProtobufFormat } from './protobuf-serializer.ts';
export type { SchemaRegistryOptions } from './registry-client.ts';
export type { SchemaReference } from './schema-document.ts';
export { type SchemaRegistry, schemaRegistry } from './schema-registry.ts';
export type { SubjectFormat } from './written-schema.ts';
