import type { CallOptions, StateStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { abortedMeanwhile, noListenerLeft } from '../aborting.ts';
import { closing } from '../closing.ts';
import { collect, forEachOf } from '../collect.ts';
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
    abortedMeanwhile<StateStore>({
      contract: 'state-store',
      call: 'set()',
      write: (store, text, options) => store.set('key', text, options),
      read: (store) => readValue(store, 'key'),
    }),
    noListenerLeft<StateStore>({
      contract: 'state-store',
      calls: (store, options) => callsOf(store, options, store.capabilities.list !== false),
    }),
    ...closing<StateStore>({
      contract: 'state-store',
      noun: 'store',
      calls: (store) => callsOf(store, {}, store.capabilities.list !== false),
      write: (store, n) => store.set(`key ${n}`, n),
      async use(store, n) {
        await put(store, 'key', n, store.capabilities.ttl ? { ttlMs: 60_000 } : {});
        await store.get('key');
      },
    }),
  ],
};
