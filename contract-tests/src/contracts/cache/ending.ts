import { getEventListeners } from 'node:events';
import type { Cache, CallOptions } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { closing } from '../closing.ts';
import { bytesOf, put, read } from './entries.ts';

/** Every call there is, by name. */
const callsOf = (cache: Cache, options: CallOptions) => ({
  'get()': () => cache.get('key', options),
  'set()': () => cache.set('key', bytesOf('changed'), options),
  'delete()': () => cache.delete('key', options),
});

export const ending: CheckGroup<Cache> = {
  id: 'ending',
  title: 'Abort and close',
  checks: [
    {
      id: 'cache.ending.aborted-before',
      rule: 'A call whose signal was aborted before is refused without effect, with the reason as its cause',
      anchor: 'CallOptions.signal',
      why: 'a cancelled step must not go on writing',
      async run(t) {
        const cache = await t.open();
        await put(cache, 'key', 'before');
        const reason = new Error('the user left');
        for (const [name, call] of Object.entries(callsOf(cache, { signal: AbortSignal.abort(reason) }))) {
          const error = await t.refuses(call, `${name} with an aborted signal`, { code: 'AIWORK_CANCELLED' });
          t.that(error.cause === reason, `the reason of the signal as the cause of ${name}`, error.cause);
        }
        t.same(await read(cache, 'key'), 'before', 'the value after aborted calls');
      },
    },
    {
      id: 'cache.ending.aborted-meanwhile',
      rule: 'A write that is aborted while it runs says truly whether it was applied',
      anchor: 'Adapter',
      why: 'who is told that nothing changed does not take back what did',
      async run(t) {
        const cache = await t.open();
        for (let round = 0; round < 10; round += 1) {
          await put(cache, 'key', 'before');
          const controller = new AbortController();
          const writing = cache.set('key', bytesOf('after'), { signal: controller.signal });
          await Promise.resolve();
          controller.abort();
          const outcome = await writing.then(
            () => 'applied',
            (error) => error.outcome,
          );
          t.that(
            ['applied', 'not-applied', 'unknown'].includes(outcome),
            "a set() that is aborted to resolve, or to say 'not-applied' or 'unknown'",
            outcome,
          );
          const seen = await read(cache, 'key');
          const possible = { applied: ['after'], 'not-applied': ['before'] }[outcome as string];
          t.that(
            (possible ?? ['before', 'after']).includes(`${seen}`),
            `what set() said, ${outcome}, to be true`,
            seen,
          );
        }
      },
    },
    {
      id: 'cache.ending.no-listener-left',
      rule: 'A call leaves no listener on the signal it was given',
      anchor: 'CallOptions.signal',
      why: 'the signal is that of the whole run: memory grows with each call, and Node warns',
      async run(t) {
        const cache = await t.open();
        const { signal } = new AbortController();
        for (const call of Object.values(callsOf(cache, { signal }))) await call();
        t.same(getEventListeners(signal, 'abort').length, 0, 'the number of listeners left on the signal');
      },
    },
    ...closing<Cache>({
      contract: 'cache',
      noun: 'cache',
      calls: (cache) => callsOf(cache, {}),
      write: (cache, n) => put(cache, `key ${n}`, 'value'),
      async use(cache) {
        await put(cache, 'key', 'value', cache.capabilities.ttl ? { ttlMs: 60_000 } : {});
        await cache.get('key');
      },
    }),
  ],
};
