import type { RunEvent, RunStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { collect } from '../collect.ts';
import { errorsTellNothing, showsNothing } from '../telling.ts';
import { create, runEvents, runRecord } from './journal.ts';

const secret = 'sk-live-51a7c0ffee';
const input = { token: secret };

/** An event whose payload holds the secret. */
const event = (seq: number, output: unknown = input): RunEvent => ({
  ...(runEvents('run', seq)[0] as RunEvent),
  ...({ output } as object),
});

const tooLarge = (bytes: number) => event(1, secret.padEnd(bytes, secret));

export const secrets: CheckGroup<RunStore> = {
  id: 'secrets',
  title: 'Secrets',
  checks: [
    {
      id: 'run-store.secrets.not-in-errors',
      rule: 'No error shows an input or what an event holds, nor what the store was configured with',
      anchor: 'Adapter',
      why: 'the journal holds prompts and answers; errors go to logs that many may read',
      async run(t) {
        const store = await t.open();
        const { maxEventBytes } = t.capabilities;
        await create(store, 'run', { input });
        const signal = AbortSignal.abort();
        const calls = [
          () => store.createRun(runRecord('', { input })),
          () => store.createRun(runRecord('half \ud83d', { input })),
          () => store.createRun(runRecord('new', { input }), { lease: { owner: '', ttlMs: 1 } }),
          () => store.createRun(runRecord('new', { input }), { signal }),
          () => store.append('run', { expectedSeq: 0, events: [event(2)] }),
          () => store.append('run', { expectedSeq: 0, events: [event(1), event(1)] }),
          () => store.append('run', { expectedSeq: -1, events: [event(0)] }),
          () => store.append('run', { expectedSeq: 0, events: [event(1)], signal }),
          ...(Number.isFinite(maxEventBytes)
            ? [() => store.append('run', { expectedSeq: 0, events: [tooLarge(maxEventBytes)] })]
            : []),
        ];
        const errors = await Promise.all(calls.map((call) => t.refuses(call, 'a call with a bad argument')));
        await store.close();
        for (const call of [
          () => store.createRun(runRecord('new', { input })),
          () => store.append('run', { expectedSeq: 0, events: [event(1)] }),
        ]) {
          errors.push(await t.refuses(call, 'a call after close()'));
        }
        errorsTellNothing(t, errors, [secret, ...t.secrets]);
      },
    },
    {
      id: 'run-store.secrets.not-in-the-store',
      rule: 'Inspecting a store shows nothing of the runs in it, nor what it was configured with',
      anchor: 'Adapter',
      why: 'whole objects are logged when something goes wrong',
      async run(t) {
        const store = await t.open();
        await create(store, 'run', { input });
        await store.append('run', { expectedSeq: 0, events: [event(1)] });
        await store.getRun('run');
        const events = store.events('run');
        await collect(events);
        showsNothing(t, store, 'the store', [secret, ...t.secrets]);
        showsNothing(t, events, 'a reading of events', [secret, ...t.secrets]);
      },
    },
  ],
};
