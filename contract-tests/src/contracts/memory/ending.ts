import type { CallOptions, Memory } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { abortedMeanwhile, noListenerLeft } from '../aborting.ts';
import { closing } from '../closing.ts';
import { byText, found, withoutScore } from './searching.ts';

/** Every call there is, by name. */
function callsOf(memory: Memory, options: CallOptions) {
  return {
    'search()': () => memory.search({ text: 'needle', topK: 1 }, options),
    'upsert()': () => memory.upsert([{ id: 'doc', text: 'needle after' }], options),
    'delete()': () => memory.delete(['doc'], options),
    'count()': () => memory.count(options),
  };
}

export const ending: CheckGroup<Memory> = {
  id: 'ending',
  title: 'Abort and close',
  checks: [
    {
      id: 'memory.ending.aborted-before',
      rule: 'A call whose signal was aborted before is refused without effect, with the reason as its cause',
      anchor: 'CallOptions.signal',
      why: 'a cancelled step must not go on writing',
      when: byText,
      async run(t) {
        const memory = await t.open();
        const doc = { id: 'doc', text: 'needle before' };
        await memory.upsert([doc]);
        const reason = new Error('the user left');
        for (const [name, call] of Object.entries(callsOf(memory, { signal: AbortSignal.abort(reason) }))) {
          const error = await t.refuses(call, `${name} with an aborted signal`, { code: 'AIWORK_CANCELLED' });
          t.that(error.cause === reason, `the reason of the signal as the cause of ${name}`, error.cause);
        }
        t.same((await found(memory, 'needle')).map(withoutScore), [doc], 'what is there after aborted calls');
      },
    },
    abortedMeanwhile<Memory>({
      contract: 'memory',
      when: byText,
      call: 'upsert()',
      write: (memory, text, options) => memory.upsert([{ id: 'doc', text: `needle ${text}` }], options),
      read: async (memory) => (await found(memory, 'needle'))[0]?.text.split(' ').at(-1),
    }),
    noListenerLeft<Memory>({ contract: 'memory', when: byText, calls: callsOf }),
    ...closing<Memory>({
      contract: 'memory',
      noun: 'memory',
      when: byText,
      calls: (memory) => callsOf(memory, {}),
      write: (memory, n) => memory.upsert([{ id: `${n}`, text: 'needle' }]),
      async use(memory, n) {
        await memory.upsert([{ id: `${n}`, text: 'needle' }]);
        await found(memory, 'needle');
      },
    }),
  ],
};
