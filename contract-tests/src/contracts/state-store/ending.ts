import type { CallOptions, StateStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { collect, forEachOf } from '../collect.ts';
import { leftHandles } from '../left-handles.ts';
import { withList } from './conditions.ts';
import { put, readValue } from './writing.ts';

/** Every call there is, by name. */
function callsOf(store: StateStore, options: CallOptions, lists: boolean) {
  return {
    'get()': () => store.get('key', options),
    'set()': () => store.set('key', 'changed', options),
    'delete()': () => store.delete('key', options),
    'getMany()': () => store.getMany(['key'], options),
    ...(lists && { 'keys()': () => collect(store.keys('', options)) }),
  };
}

/** What a listing of 1500 keys does when `end` happens after its first key. */
async function interrupt(store: StateStore, signal: AbortSignal, end: () => unknown): Promise<void> {
  const keys = store.keys('', { signal })[Symbol.asyncIterator]();
  await keys.next();
  await end();
  while (!(await keys.next()).done);
}

const keys = Array.from({ length: 1500 }, (_, n) => `${n}`);

export const ending: CheckGroup<StateStore> = {
  id: 'ending',
  title: 'Abort and close',
  checks: [
    {
      id: 'state-store.ending.aborted-before',
      rule: 'A call whose signal was aborted before is refused without effect, with the reason as its cause',
      anchor: 'CallOptions.signal',
      why: 'a cancelled step must not go on writing',
      async run(t) {
        const store = await t.open();
        await put(store, 'key', 1);
        const reason = new Error('the user left');
        const signal = AbortSignal.abort(reason);
        for (const [name, call] of Object.entries(
          callsOf(store, { signal }, t.capabilities.list !== false),
        )) {
          const error = await t.refuses(call, `${name} with an aborted signal`, { code: 'AIWORK_CANCELLED' });
          t.that(error.cause === reason, `the reason of the signal as the cause of ${name}`, error.cause);
        }
        t.same(await readValue(store, 'key'), 1, 'the value after aborted calls');
      },
    },
    {
      id: 'state-store.ending.abort-stops-listing',
      rule: 'A listing ends with an error when its signal is aborted',
      anchor: 'CallOptions.signal',
      why: 'a listing that ends early without an error reads as complete',
      when: withList,
      async run(t) {
        const store = await t.open();
        await forEachOf(keys, (key) => put(store, key, 1));
        const controller = new AbortController();
        const listing = () => interrupt(store, controller.signal, () => controller.abort());
        await t.refuses(listing, 'a listing that is aborted', {
          code: 'AIWORK_CANCELLED',
          notApplied: false,
        });
      },
    },
    {
      id: 'state-store.ending.close-stops-listing',
      rule: 'A listing ends with an error when its store is closed',
      anchor: 'Adapter',
      why: 'a listing that ends early without an error reads as complete',
      when: withList,
      async run(t) {
        const store = await t.open();
        await forEachOf(keys, (key) => put(store, key, 1));
        const listing = () => interrupt(store, t.signal, () => store.close());
        await t.refuses(listing, 'a listing whose store is closed', {
          code: 'AIWORK_CLOSED',
          notApplied: false,
        });
      },
    },
    {
      id: 'state-store.ending.closed-for-good',
      rule: '`close()` is idempotent, and every later call rejects with `AIWORK_CLOSED`',
      anchor: 'Adapter.close',
      why: 'a closed store that answers works on a connection that nobody owns',
      async run(t) {
        const store = await t.open();
        await put(store, 'key', 1);
        await Promise.all([store.close(), store.close()]);
        await store.close();
        await store[Symbol.asyncDispose]();
        for (const [name, call] of Object.entries(callsOf(store, {}, t.capabilities.list !== false))) {
          await t.refuses(call, `${name} after close()`, { code: 'AIWORK_CLOSED' });
        }
      },
    },
    {
      id: 'state-store.ending.close-waits',
      rule: '`close()` waits for what is in flight',
      anchor: 'Adapter.close',
      why: 'a write given away at shutdown may or may not have happened',
      async run(t) {
        const store = await t.open();
        let settled = 0;
        const writes = Array.from({ length: 20 }, (_, n) =>
          store.set(`key ${n}`, n).finally(() => {
            settled += 1;
          }),
        );
        await store.close();
        const settledAtClose = settled;
        const results = await Promise.allSettled(writes);
        t.same(
          settledAtClose,
          writes.length,
          'the number of 20 writes in flight that were settled when close() resolved',
        );
        const rejected = results.filter(({ status }) => status === 'rejected');
        t.same(rejected.length, 0, 'the number of writes begun before close() that were rejected');
      },
    },
    {
      id: 'state-store.ending.no-handle-left',
      rule: '`close()` leaves no handle that keeps the process alive',
      anchor: 'Adapter.close',
      why: 'a process that never ends by itself',
      alone: true,
      async run(t) {
        const clients = 4;
        const left = await leftHandles(clients, async () => {
          for (let n = 0; n < clients; n += 1) {
            const store = await t.open();
            await put(store, 'key', n, t.capabilities.ttl ? { ttlMs: 60_000 } : {});
            await store.get('key');
            await store.close();
          }
        });
        t.same(left, [], `handles that ${clients} closed clients left open`);
      },
    },
  ],
};
