import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AiworkError, type RunStore, type StateStore } from '@aiwork/core';
import { expect, it } from 'vitest';
import type { AnyAdapter } from '../src/engine/any-adapter.ts';
import {
  type Contract,
  checkContract,
  checksOf,
  embedded,
  formatReport,
  runStoreContract,
  type Subject,
  stateStoreContract,
} from '../src/index.ts';

const fixture = fileURLToPath(new URL('./sqlite-client.fixture.ts', import.meta.url));

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code: 'AIWORK_STORE_FAILED'; readonly message: string };
}

/** A client whose store is in another process. */
async function openProcess(path: string, namespace: string, store: 'stateStore' | 'runStore') {
  const child = fork(fixture, [path, namespace], {
    execArgv: ['--conditions=@aiwork/source', '--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
  });
  const [hello] = await once(child, 'message');
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  child.on('message', ({ id, result, error }: Answer) => {
    if (error) waiting.get(id)?.reject(new AiworkError(error.code, error.message));
    else waiting.get(id)?.resolve(result);
  });
  function call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    calls += 1;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(calls, answer);
    child.send({ id: calls, store, method, args });
    return answer.promise;
  }
  let closing: Promise<void> | undefined;
  async function end(): Promise<void> {
    await call('close');
    child.disconnect();
    if (child.exitCode === null) await once(child, 'exit');
  }
  const close = () => {
    closing ??= end();
    return closing;
  };
  const remote = (method: string) =>
    [method, (...args: readonly unknown[]) => call(method, ...args)] as const;
  const iterated = (method: string) =>
    [
      method,
      async function* (...args: readonly unknown[]) {
        yield* (await call(method, ...args)) as readonly unknown[];
      },
    ] as const;
  const { capabilities, runCapabilities } = hello;
  return {
    ...Object.fromEntries(
      [
        'get',
        'set',
        'delete',
        'getMany',
        'createRun',
        'getRun',
        'append',
        'lease',
        'release',
        'due',
        'list',
        'prune',
      ].map(remote),
    ),
    ...Object.fromEntries(['keys', 'events'].map(iterated)),
    capabilities: Object.freeze(store === 'stateStore' ? capabilities : runCapabilities),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function subject<A extends AnyAdapter>(store: 'stateStore' | 'runStore'): Promise<Subject<A>> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-contract-'));
  return {
    service: embedded,
    secondClient: true,
    open: async ({ namespace }) =>
      (await openProcess(join(folder, 'store.db'), namespace, store)) as unknown as A,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function conforms<A extends AnyAdapter>(
  contract: Contract<A>,
  store: 'stateStore' | 'runStore',
  groups: readonly string[],
): Promise<void> {
  const checks = checksOf(contract)
    .map(({ id }) => id)
    .filter((id) => groups.includes(id.split('.')[1] ?? ''));
  const run = { contract, name: 'SQLite, one process for each client', subject: () => subject<A>(store) };
  // One after the other: each check starts up to six processes.
  const report = await checkContract(run, { checks, concurrency: 1 });
  expect(report.verdict, formatReport(report)).toBe('conformant');
  expect(report.counts.passed).toBe(checks.length);
}

it(
  'keeps the rules for several clients and races with a process for each client of a state store',
  {
    timeout: 120_000,
  },
  () => conforms<StateStore>(stateStoreContract, 'stateStore', ['clients', 'races']),
);

it(
  'keeps the rules for several clients and races with a process for each client of a run store',
  {
    timeout: 120_000,
  },
  () => conforms<RunStore>(runStoreContract, 'runStore', ['clients', 'lease-races']),
);
