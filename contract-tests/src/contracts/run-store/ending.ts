import type { CallOptions, RunStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { noListenerLeft } from '../aborting.ts';
import { closing } from '../closing.ts';
import { collect } from '../collect.ts';
import { create, runEvents, runRecord, seqsOf, start } from './journal.ts';

/** Every call there is, by name; those that end up in a mutation are refused as not applied. */
function callsOf(store: RunStore, options: CallOptions) {
  return {
    'createRun()': () => store.createRun(runRecord('new'), options),
    'getRun()': () => store.getRun('run', options),
    'append()': () => store.append('run', { expectedSeq: 0, events: runEvents('run', 1), ...options }),
    'events()': () => collect(store.events('run', options)),
    'lease()': () => store.lease('run', 'a', 60_000, options),
    'release()': () => store.release('run', 'a', options),
    'due()': () => store.due(start, 10, options),
    'list()': () => store.list(options),
    'prune()': () => store.prune(start + 1, options),
  };
}

/** What reading a long run does when `end` happens after its first event. */
async function interrupt(store: RunStore, signal: AbortSignal, end: () => unknown): Promise<void> {
  const events = store.events('long', { signal })[Symbol.asyncIterator]();
  await events.next();
  await end();
  while (!(await events.next()).done);
}

/** More than any store reads ahead: 8 MB of events. */
async function longRun(store: RunStore): Promise<void> {
  const { maxEventBytes } = store.capabilities;
  const stepId = 'x'.repeat(Math.min(32_000, maxEventBytes - 500));
  await create(store, 'long');
  for (let from = 1; from <= 8_000_000 / stepId.length; from += 25) {
    const events = runEvents('long', from, from + 24).map((event) => ({ ...event, stepId }) as typeof event);
    await store.append('long', { expectedSeq: from - 1, events });
  }
}

export const ending: CheckGroup<RunStore> = {
  id: 'ending',
  title: 'Capabilities, abort and close',
  checks: [
    {
      id: 'run-store.ending.capabilities',
      rule: 'Capabilities are frozen and carry values of the contract',
      anchor: 'RunStoreCapabilities',
      why: 'the engine decides by them',
      async run(t) {
        const store = await t.open();
        const { capabilities } = store;
        const { durability, maxEventBytes } = capabilities;
        t.that(Object.isFrozen(capabilities), 'capabilities to be frozen', capabilities);
        t.that(
          ['process', 'service-restart', 'service-kill'].includes(durability),
          'durability to be one of the contract',
          durability,
        );
        t.that(
          typeof maxEventBytes === 'number' && maxEventBytes > 0,
          'maxEventBytes to be greater than 0',
          maxEventBytes,
        );
        await create(store, 'run');
        t.same(store.capabilities, t.capabilities, 'the capabilities after a write');
      },
    },
    {
      id: 'run-store.ending.aborted-before',
      rule: 'A call whose signal was aborted before is refused without effect',
      anchor: 'CallOptions.signal',
      why: 'a cancelled caller must not go on writing',
      async run(t) {
        const store = await t.open();
        await create(store, 'run', { status: 'failed' });
        for (const [name, call] of Object.entries(callsOf(store, { signal: AbortSignal.abort() }))) {
          await t.refuses(call, `${name} with an aborted signal`, { code: 'AIWORK_CANCELLED' });
        }
        t.same(
          await store.getRun('run'),
          runRecord('run', { status: 'failed' }),
          'the record after aborted calls',
        );
        t.same(await store.getRun('new'), undefined, 'the run that was not created');
        t.same(await seqsOf(store, 'run'), [], 'the events after aborted calls');
        t.same(
          await store.lease('run', 'b', 1000),
          true,
          'lease() for another owner after an aborted lease()',
        );
      },
    },
    {
      id: 'run-store.ending.abort-stops-reading',
      rule: 'Reading events ends with an error when its signal is aborted',
      anchor: 'CallOptions.signal',
      why: 'reading that ends early without an error reads as the whole journal',
      async run(t) {
        const store = await t.open();
        await longRun(store);
        const controller = new AbortController();
        const reading = () => interrupt(store, controller.signal, () => controller.abort());
        await t.refuses(reading, 'reading that is aborted', { code: 'AIWORK_CANCELLED', notApplied: false });
      },
    },
    {
      id: 'run-store.ending.close-stops-reading',
      rule: 'Reading events ends with an error when the store is closed',
      anchor: 'Adapter',
      why: 'reading that ends early without an error reads as the whole journal',
      async run(t) {
        const store = await t.open();
        await longRun(store);
        const reading = () => interrupt(store, t.signal, () => store.close());
        await t.refuses(reading, 'reading whose store is closed', {
          code: 'AIWORK_CLOSED',
          notApplied: false,
        });
      },
    },
    noListenerLeft<RunStore>({
      contract: 'run-store',
      calls: (store, options) => ({
        'createRun() of the run': () => store.createRun(runRecord('run'), options),
        ...callsOf(store, options),
      }),
    }),
    ...closing<RunStore>({
      contract: 'run-store',
      noun: 'store',
      calls: (store) => callsOf(store, {}),
      write: (store, n) => store.createRun(runRecord(`run ${n}`)),
      async use(store, n) {
        await create(store, `run ${n}`);
        await store.lease(`run ${n}`, 'a', 60_000);
      },
    }),
  ],
};
