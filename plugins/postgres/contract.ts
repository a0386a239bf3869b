import { defineSubject, memoryContract } from '@aiwork/contract-tests';
import { postgresService } from '@aiwork/contract-tests/services';
import { createPostgresMemory, type PostgresMemoryOptions } from './src/index.ts';

const subject = (
  name: string,
  service: ReturnType<typeof postgresService>,
  options: Pick<PostgresMemoryOptions, 'language' | 'vectors'>,
  /** Long enough for a busy machine: the less, the faster the checks of faults. */
  commandTimeoutMs = 6000,
) =>
  defineSubject({
    contract: memoryContract,
    name,
    package: new URL('./package.json', import.meta.url),
    service,
    callDeadlineMs: commandTimeoutMs,
    open: ({ namespace, address, service: { urlAt } }) =>
      createPostgresMemory({
        url: urlAt(address),
        namespace,
        connectTimeoutMs: commandTimeoutMs / 2,
        commandTimeoutMs,
        ...options,
      }),
  });

const vectors = postgresService({ extension: 'vector' });

export default [
  subject('words', postgresService(), { language: 'english' }),
  subject('words and vectors', vectors, { vectors: { dimensions: 5 } }),
  subject(
    'vectors, approximate',
    vectors,
    { vectors: { dimensions: 5, similarity: 'dot', search: 'approximate' } },
    // What is written goes into its index at once.
    12_000,
  ),
] as const;
