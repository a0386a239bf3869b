import type { Cache } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { errorsTellNothing, showsNothing } from '../telling.ts';
import { put } from './entries.ts';

const secret = 'sk-live-51a7c0ffee';
const bytes = Buffer.from(secret);
/** The forms in which bytes are shown: as text, and as `inspect` shows a Buffer and an array. */
const forms = [
  secret,
  bytes.toString('hex'),
  bytes.toString('base64'),
  bytes.toString('hex').replaceAll(/..(?=.)/g, '$& '),
  [...bytes].join(', '),
];

export const secrets: CheckGroup<Cache> = {
  id: 'secrets',
  title: 'Secrets',
  checks: [
    {
      id: 'cache.secrets.not-in-errors',
      rule: 'No error shows a value, nor what the cache was configured with',
      anchor: 'Adapter',
      why: 'errors go to logs and traces that many may read',
      async run(t) {
        const cache = await t.open();
        const { maxValueBytes } = t.capabilities;
        const calls = [
          () => cache.set('key', secret as never),
          () => cache.set('key', { secret } as never),
          () => put(cache, '', secret),
          () => put(cache, 'key', secret, { ttlMs: -1 }),
          ...(Number.isFinite(maxValueBytes)
            ? [() => put(cache, 'key', secret.padEnd(maxValueBytes + 1, secret))]
            : []),
        ];
        const errors = await Promise.all(calls.map((call) => t.refuses(call, 'a call with a bad argument')));
        await cache.close();
        errors.push(await t.refuses(() => put(cache, 'key', secret), 'set() after close()'));
        errorsTellNothing(t, errors, [...forms, ...t.secrets]);
      },
    },
    {
      id: 'cache.secrets.not-in-the-cache',
      rule: 'Inspecting a cache shows no value, nor what it was configured with',
      anchor: 'Adapter',
      why: 'whole objects are logged when something goes wrong',
      async run(t) {
        const cache = await t.open();
        await put(cache, 'key', secret);
        await cache.get('key');
        showsNothing(t, cache, 'the cache', [...forms, ...t.secrets]);
      },
    },
  ],
};
