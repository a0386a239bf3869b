export type { PostgresMemoryQuery } from './admission.ts';
export type {
  PostgresConnectionOptions,
  PostgresMemoryOptions,
  PostgresVectorOptions,
} from './options.ts';
export { type PostgresPluginOptions, postgres } from './plugin.ts';
export { createPostgresMemory, type PostgresMemory } from './postgres-memory.ts';
