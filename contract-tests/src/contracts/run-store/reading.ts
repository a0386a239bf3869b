import { AiworkError, type RunEvent, type RunStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { show, Violation } from '../../engine/violation.ts';

import { collect } from '../collect.ts';
import { count, create, seqsOf, start, write } from './journal.ts';

const many = 2500;

async function longRun(store: RunStore): Promise<void> {
  await create(store, 'run');
  for (let from = 1; from <= many; from += 500) await write(store, 'run', from, from + 499);
}

export const reading: CheckGroup<RunStore> = {
  id: 'events',
  title: 'Reading events',
  checks: [
    {
      id: 'run-store.events.after-seq',
      rule: 'Events are read after any number, also in the middle of what was appended at once',
      anchor: 'RunStore.events',
      why: 'a reader that comes back goes on where it was',
      async run(t) {
        const store = await t.open();
        await create(store, 'run');
        await write(store, 'run', 1, 3);
        await write(store, 'run', 4, 5);
        for (const afterSeq of [0, 1, 2, 3, 4, 5, 99]) {
          t.same(
            await seqsOf(store, 'run', afterSeq),
            count(Math.min(afterSeq, 5) + 1, 5),
            `the events after ${afterSeq} of 5`,
          );
        }
        for (const afterSeq of [-1, 0.5, Number.NaN]) {
          await t.refuses(() => collect(store.events('run', { afterSeq })), `events() after ${afterSeq}`, {
            code: 'AIWORK_INVALID_ARGUMENT',
            notApplied: false,
          });
        }
      },
    },
    {
      id: 'run-store.events.beyond-a-page',
      rule: 'All events of a run are read, however many there are',
      anchor: 'RunStore.events',
      why: 'a run resumed from half its journal does everything again',
      async run(t) {
        const store = await t.open();
        await longRun(store);
        const all = await seqsOf(store, 'run');
        t.same(all.length, many, `the number of events read of ${many}`);
        t.same(
          all.find((seq, index) => seq !== index + 1),
          undefined,
          'an event out of order',
        );
        t.same((await seqsOf(store, 'run', 3)).length, many - 3, 'the number of events read after the third');
      },
    },
    {
      id: 'run-store.events.ends-where-it-began',
      rule: 'Reading ends at the event that was last when it began',
      anchor: 'RunStore.events',
      why: 'a reader that answers every event with another would never end',
      async run(t) {
        const store = await t.open();
        await create(store, 'run');
        await write(store, 'run', 1, 2);
        const read: number[] = [];
        for await (const { seq } of store.events('run')) {
          read.push(seq);
          if (read.length > 5) break;
          await write(store, 'run', seq + 2);
        }
        t.same(read, [1, 2], 'the events read while others were appended');
        t.same(await seqsOf(store, 'run'), [1, 2, 3, 4], 'the events read after that');
      },
    },
    {
      id: 'run-store.events.never-end-early',
      rule: 'Reading a run that is deleted meanwhile gives all its events or says that they are gone',
      anchor: 'RunStore.events',
      why: 'half a journal reads as a run that stopped there',
      async run(t) {
        const store = await t.open();
        await longRun(store);
        await store.append('run', { expectedSeq: many, events: [], status: 'succeeded' });
        const read: RunEvent[] = [];
        try {
          for await (const event of store.events('run')) {
            read.push(event);
            if (read.length === 3) await store.prune(start + many + 1);
          }
        } catch (error) {
          if (AiworkError.isInstance(error) && error.code === 'AIWORK_RUN_NOT_FOUND') return;
          throw new Violation('reading to reject with AIWORK_RUN_NOT_FOUND', show(error));
        }
        t.same(read.length, many, `the number of events read without an error of ${many}`);
      },
    },
  ],
};
