import type { CallOptions, Memory } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { leftHandles } from '../left-handles.ts';
import { byText, found, numbered, withoutScore } from './searching.ts';

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
    {
      id: 'memory.ending.closed-for-good',
      rule: '`close()` is idempotent, and every later call rejects with `AIWORK_CLOSED`',
      anchor: 'Adapter.close',
      why: 'a closed memory that answers works on a connection that nobody owns',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert([{ id: 'doc', text: 'needle' }]);
        await Promise.all([memory.close(), memory.close()]);
        await memory.close();
        await memory[Symbol.asyncDispose]();
        for (const [name, call] of Object.entries(callsOf(memory, {}))) {
          await t.refuses(call, `${name} after close()`, {
            code: 'AIWORK_CLOSED',
            notApplied: name === 'upsert()' || name === 'delete()',
          });
        }
      },
    },
    {
      id: 'memory.ending.close-waits',
      rule: '`close()` waits for what is in flight',
      anchor: 'Adapter.close',
      why: 'a write given away at shutdown may or may not have happened',
      when: byText,
      async run(t) {
        const memory = await t.open();
        let settled = 0;
        const writes = numbered(20).map((n) =>
          memory.upsert([{ id: `${n}`, text: 'needle' }]).finally(() => {
            settled += 1;
          }),
        );
        await memory.close();
        const settledAtClose = settled;
        const results = await Promise.allSettled(writes);
        t.same(
          settledAtClose,
          writes.length,
          'the number of 20 upserts in flight that were settled when close() resolved',
        );
        const rejected = results.filter(({ status }) => status === 'rejected');
        t.same(rejected.length, 0, 'the number of upserts begun before close() that were rejected');
      },
    },
    {
      id: 'memory.ending.no-handle-left',
      rule: '`close()` leaves no handle that keeps the process alive',
      anchor: 'Adapter.close',
      why: 'a process that never ends by itself',
      when: byText,
      alone: true,
      async run(t) {
        const count = 4;
        const left = await leftHandles(count, async () => {
          for (const n of numbered(count)) {
            const memory = await t.open();
            await memory.upsert([{ id: `${n}`, text: 'needle' }]);
            await found(memory, 'needle');
            await memory.close();
          }
        });
        t.same(left, [], `handles that ${count} closed memories left open`);
      },
    },
  ],
};
