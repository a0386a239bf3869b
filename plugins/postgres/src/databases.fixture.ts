import {
  type HeldService,
  type PostgresService,
  type PostgresServiceOptions,
  postgresService,
  ServiceUnavailable,
} from '@aiwork/contract-tests/services';
import { Client } from 'pg';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { createPostgresMemory, type PostgresMemory, type PostgresMemoryOptions } from './index.ts';

/** A server of the tests of one file. */
export interface TestServer {
  /** Skips a test where there is no server. */
  required(context: { readonly skip: (note?: string) => never }): PostgresService;
  /** A memory in a namespace of its own, unless another is named; closed at the end of the test. */
  open(options?: PostgresMemoryOptions): Promise<PostgresMemory>;
  /** A connection beside those of memories, ended with the test. */
  client(): Promise<Client>;
}

let namespaces = 0;

export function testServer(options: PostgresServiceOptions = {}): TestServer {
  let held: HeldService<PostgresService> | undefined;
  let unavailable = '';
  beforeAll(async () => {
    try {
      held = await postgresService(options).hold();
    } catch (error) {
      if (!(error instanceof ServiceUnavailable) || process.env['CI']) throw error;
      unavailable = error.message;
    }
  }, 600_000);
  afterAll(() => held?.release());
  const url = () => held?.service.url ?? '';

  return {
    required({ skip }) {
      return held?.service ?? skip(unavailable);
    },
    async open(own = {}) {
      namespaces += 1;
      const memory = await createPostgresMemory({ url: url(), namespace: `test ${namespaces}`, ...own });
      onTestFinished(() => memory.close());
      return memory;
    },
    async client() {
      const client = new Client({ connectionString: url() });
      await client.connect();
      onTestFinished(() => client.end());
      return client;
    },
  };
}
