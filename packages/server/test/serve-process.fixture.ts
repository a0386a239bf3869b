// A process that serves, and tells its parent how it is.
import { createOrchestrator, type Plugin } from '@aiwork/core';
import { sqlite } from '@aiwork/core/sqlite';
import { redis } from '@aiwork/redis';
import { apiKeys, createServer } from '../src/index.ts';
import { richUnits } from './rich-units.fixture.ts';

export interface ServerProcessOptions {
  /** Where runs are kept; in memory where neither is given. */
  readonly store?: { readonly sqlite: string } | { readonly redis: string; readonly namespace: string };
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs?: number;
  /** Whose process it is, in journals. */
  readonly name?: string;
  /** Hashes of keys that may do everything. */
  readonly keys?: readonly string[];
}

export interface ServerFacts {
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** What keeps a process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** What nobody caught. */
  readonly uncaught: readonly string[];
  /** Failures that the server logged as its own. */
  readonly failures: readonly string[];
  /** Whether something that was sent has reached what all objects share. */
  readonly isPolluted: boolean;
}

function pluginsFor(store: ServerProcessOptions['store']): readonly Plugin[] {
  if (!store) return [];
  if ('sqlite' in store) return [sqlite({ path: store.sqlite })];
  return [redis({ url: store.redis, namespace: store.namespace })];
}

const options: ServerProcessOptions = JSON.parse(process.argv[2] ?? '{}');
const { store, requestTimeoutMs, name, keys = [] } = options;
const uncaught: string[] = [];
const failures: string[] = [];
const note = (error: unknown) => uncaught.push(error instanceof Error ? String(error.stack) : String(error));
process.on('unhandledRejection', note).on('uncaughtException', note);
process.on('warning', ({ name, message }) => {
  if (name === 'MaxListenersExceededWarning') uncaught.push(message);
});

const orchestrator = createOrchestrator({
  units: richUnits,
  plugins: pluginsFor(store),
  leaseTtl: '2s',
  ...(name !== undefined && { name }),
});
if (store) await orchestrator.worker({ pollInterval: 200 });
const server = await createServer({
  orchestrator,
  units: richUnits,
  maxWaitMs: 250,
  // A machine that is busy otherwise is no fault of what is sent here.
  maxEventLoopDelayMs: 600_000,
  ...(keys.length > 0 && {
    auth: [apiKeys(keys.map((hash, i) => ({ id: `principal-${i}`, scopes: ['*:*'], hash })))],
  }),
  ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
  logger: { level: 'error', stream: { write: (line: string) => failures.push(line.slice(0, 2000)) } },
});

process.on('message', async () => process.send?.(await facts()));
process.on('disconnect', () => process.exit());
process.send?.(await server.listen());

async function facts(): Promise<ServerFacts> {
  // What runs leave behind is what they are for: without them, nothing may be left.
  if (!store) await orchestrator.prune(new Date(Date.now() + 60_000));
  for (let i = 0; i < 4; i += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
  }
  const { heapUsed, rss } = process.memoryUsage();
  const resources = Map.groupBy(process.getActiveResourcesInfo(), (kind) => kind);
  return {
    heapBytes: heapUsed,
    rssBytes: rss,
    resources: Object.fromEntries([...resources].map(([kind, all]) => [kind, all.length])),
    uncaught: [...uncaught],
    failures: [...failures],
    isPolluted: Object.keys(Object.prototype).length > 0 || 'polluted' in {},
  };
}
