import type { StateStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { errorsTellNothing, showsNothing } from '../telling.ts';

export const secrets: CheckGroup<StateStore> = {
  id: 'secrets',
  title: 'Secrets',
  checks: [
    {
      id: 'state-store.secrets.not-in-errors',
      rule: 'No error shows a value, nor what the store was configured with',
      anchor: 'StateStore',
      why: 'errors go to logs and traces that many may read',
      async run(t) {
        const store = await t.open();
        const value = 'sk-live-51a7c0ffee';
        const { maxValueBytes } = t.capabilities;
        const tooLarge = Number.isFinite(maxValueBytes)
          ? [value.repeat(maxValueBytes / value.length + 1)]
          : [];
        const failures: (() => Promise<unknown>)[] = [
          ...[
            { token: value, at: new Date(0) },
            [value, Number.NaN],
            { [Symbol.iterator]: value, n: 1n, value },
            ...tooLarge,
          ].map((refused) => () => store.set('key', refused)),
          () => store.set('', value),
        ];
        const errors = await Promise.all(
          failures.map((call) => t.refuses(call, 'a call with a bad argument')),
        );
        await store.close();
        errors.push(await t.refuses(() => store.set('key', value), 'set() after close()'));
        errorsTellNothing(t, errors, [value, ...t.secrets]);
        showsNothing(t, store, 'the store', t.secrets);
      },
    },
  ],
};
