// A process that serves, and tells an endpoint of what happens.
import { createOrchestrator, defineTask } from '@aiwork/core';
import { sqlite } from '@aiwork/core/sqlite';
import { z } from 'zod';
import { createServer, createWebhooks } from '../src/index.ts';

export interface TellProcessOptions {
  /** File of the run store. */
  readonly path: string;
  readonly endpoint: string;
  readonly secret: string;
}

const { path, endpoint, secret }: TellProcessOptions = JSON.parse(process.argv[2] ?? '{}');
const double = defineTask({ id: 'double', input: z.number(), run: (n) => 2 * n });
const webhooks = createWebhooks({
  endpoints: [{ name: 'ops', url: endpoint, secret }],
  allowedNetworks: ['127.0.0.0/8'],
  retry: { maxAttempts: 1000, minDelay: 100, maxDelay: 100 },
});
const orchestrator = createOrchestrator({
  units: [double],
  plugins: [sqlite({ path }), webhooks.plugin],
  leaseTtl: '2s',
});
const server = await createServer({ orchestrator, units: [double], webhooks });
process.on('disconnect', () => process.exit());
process.send?.(await server.listen());
