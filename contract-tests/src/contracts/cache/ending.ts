import type { Cache, CallOptions } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { abortedMeanwhile, noListenerLeft } from '../aborting.ts';
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
    abortedMeanwhile<Cache>({
      contract: 'cache',
      call: 'set()',
      write: (cache, text, options) => cache.set('key', bytesOf(text), options),
      read: (cache) => read(cache, 'key'),
    }),
    noListenerLeft<Cache>({ contract: 'cache', calls: callsOf }),
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
