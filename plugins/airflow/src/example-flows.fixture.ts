import { type AnyFlow, defineFlow, defineTask } from '@aiwork/core';
import { z } from 'zod';

const number = z.object({ n: z.number() });
const double = defineTask({ id: 'double', input: z.number(), run: (n) => n * 2 });
const fragile = defineTask({
  id: 'fragile',
  input: z.number(),
  run: (n) => {
    if (n === 3) throw new Error('three is too much');
    return n;
  },
});

export const chain = defineFlow({ id: 'chain', input: number }, (f) => {
  const first = f.step('first', { needs: { input: f.input }, run: ({ input }) => input.n + 1 });
  const second = f.call('second', double, first.$);
  return f.step('third', { needs: { second }, run: ({ second }) => ({ second, at: new Date(0) }) });
});

export const diamond = defineFlow({ id: 'diamond', input: number }, (f) => {
  const top = f.step('top', { needs: { input: f.input }, run: ({ input }) => input.n });
  const left = f.call('left', double, top.$);
  const right = f.step('right', { needs: { top }, run: ({ top }) => new Map([['top', top]]) });
  return f.step('bottom', { needs: { left, right }, run: ({ left, right }) => [left, right.get('top')] });
});

export const mapped = defineFlow({ id: 'mapped', input: number }, (f) => {
  const list = f.step('list', {
    needs: { input: f.input },
    run: ({ input }) => Array.from({ length: input.n }, (_, i) => i),
  });
  const all = f.map('all', double, { over: list.$, concurrency: 2 });
  const none = f.map('none', double, { over: () => [] });
  return f.step('sum', { needs: { all, none }, run: ({ all, none }) => [all, none] });
});

export const choosy = defineFlow({ id: 'choosy', input: number }, (f) => {
  const skipped = f.step('skipped', {
    needs: { input: f.input },
    when: ({ input }) => input.n > 9,
    run: () => 1,
  });
  const taken = f.step('taken', {
    needs: { input: f.input },
    when: ({ input }) => input.n < 9,
    run: () => 2,
  });
  const listed = f.map('listed', double, { when: () => false, over: () => [1] });
  const pause = f.sleep('pause', { needs: { skipped }, when: () => true, for: '1s' });
  const rest = f.sleep('rest', { when: () => false, for: '1h' });
  return f.step('both', {
    needs: { skipped, taken, listed, pause, rest },
    run: (all) => Object.entries(all),
  });
});

export const forgiving = defineFlow({ id: 'forgiving', input: number }, (f) => {
  const broken = f.step('broken', {
    onError: 'continue',
    run: (): number => {
      throw new Error('not today');
    },
  });
  const source = f.step('source', {
    run: (): number => {
      throw new Error('nothing there');
    },
  });
  const reader = f.step('reader', { needs: { source }, onError: 'continue', run: ({ source }) => source });
  const items = f.map('items', fragile, { onError: 'continue', over: () => [1, 3] });
  return f.step('after', { needs: { broken, reader, items }, run: (all) => Object.values(all).length });
});

export const settled = defineFlow({ id: 'settled', input: number }, (f) => {
  const good = f.step('good', { run: () => 1 });
  const bad = f.step('bad', {
    run: (): number => {
      throw new TypeError('bad');
    },
  });
  const behind = f.step('behind', { needs: { bad }, run: ({ bad }) => bad });
  const items = f.map('items', fragile, { over: () => [1, 3] });
  return f.settle('report', {
    needs: { good, bad, behind, items },
    run: (ends) =>
      Object.entries(ends).map(([id, end]) => [id, end.status, end.status === 'succeeded' && end.value]),
  });
});

const innermost = defineFlow({ id: 'innermost', input: z.number() }, (f) => {
  const more = f.step('more', { needs: { n: f.input }, run: ({ n }) => n + 100 });
  return f.map('each', double, { over: [more.$, 1] });
});
const inner = defineFlow({ id: 'inner', input: z.object({ n: z.coerce.number() }) }, (f) => {
  const start = f.step('flow-input', { needs: { input: f.input }, run: ({ input }) => input.n });
  f.step('aside', { run: () => 'beside' });
  return f.call('deep down', innermost, start.$);
});
export const nested = defineFlow({ id: 'nested', input: number }, (f) => {
  const called = f.call('called', inner, { n: f.input.$.n });
  const skipped = f.call('not called', inner, { n: f.input.$.n }, { when: () => false });
  return f.step('end', {
    needs: { called, skipped },
    run: ({ called, skipped }) => [called, skipped === undefined],
  });
});

const quickest = defineFlow({ id: 'quickest', input: z.number() }, (f) => {
  const slow = f.sleep('slow', { for: '1m' });
  const quick = f.step('quick', { needs: { n: f.input }, run: ({ n }) => n });
  return f.race('first', { needs: { slow, quick } });
});
export const whole = defineFlow({ id: 'whole', input: number }, (f) => {
  const raced = f.call('raced', quickest, f.input.$.n);
  const looped = f.loop('looped', double, { from: f.input.$.n, until: (n) => n > 20, maxRounds: 9 });
  const later = f.sleep('later', { for: () => new Date(0) });
  return f.step('end', { needs: { raced, looped, later }, run: ({ raced, looped }) => [raced, looped] });
});

export const persistent = defineFlow({ id: 'persistent', input: number }, (f) => {
  const third = f.step('third time', {
    retry: { maxAttempts: 4, minDelay: '100ms', maxDelay: '1s' },
    run: (_, { attempt, idempotencyKey }) => {
      if (attempt < 3) throw new Error(`attempt ${attempt} is not the third`);
      return { attempt, hasKey: idempotencyKey !== '' };
    },
  });
  return f.step('last', { needs: { third }, run: ({ third }) => third.attempt });
});

export const told = defineFlow(
  {
    id: 'told',
    input: number,
    onFailure: defineTask({
      id: 'tell',
      input: z.object({ message: z.string() }),
      run: ({ message }) => message,
    }),
  },
  (f) => {
    const wrong = f.step('wrong', {
      needs: { input: f.input },
      run: ({ input }) => {
        if (input.n === 4) throw new Error('four is wrong');
        return input.n;
      },
    });
    f.step('beside', { run: () => 1 });
    return f.step('never', { needs: { wrong }, run: () => 1 });
  },
);

export const lostOutput = defineFlow({ id: 'lost output', input: number }, (f) => {
  const output = f.step('output', {
    run: (): number => {
      throw new Error('lost');
    },
  });
  f.settle('look', { needs: { output }, run: ({ output }) => output.status });
  return output;
});

export const large = defineFlow({ id: 'large', input: number }, (f) => {
  const text = f.step('text', { run: () => 'x'.repeat(200_000) });
  const parts = f.map(
    'parts',
    defineTask({ id: 'wide', input: z.number(), run: (n) => `${n}`.repeat(99_999) }),
    {
      over: () => [1, 2],
    },
  );
  return f.step('sizes', {
    needs: { text, parts },
    run: ({ text, parts }) => [text, ...parts].map((s) => s.length),
  });
});

const odd = [
  'class',
  "it's",
  'say "hi"',
  '{{ ds }}',
  'new\u00a0space',
  'prüfen ✋',
  '"""',
  '\\',
  '-x',
  'if else',
  'dag',
];
export const hostile = defineFlow(
  { id: 'hostile "{{ ds }}" \\', input: z.object({ 'a "b"': z.string() }) },
  (f) => {
    const steps = Object.fromEntries(
      odd.map((id) => [
        id,
        f.step(id, { needs: { input: f.input }, run: ({ input }) => input['a "b"'] + id }),
      ]),
    );
    return f.step('end', { needs: steps, run: (all) => Object.values(all) });
  },
);

export const slow = defineFlow({ id: 'slow', input: number }, (f) =>
  f.step('wait', {
    run: (_, { signal, log }) => {
      log.info(`pid ${process.pid}`);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
  }),
);

export const race = defineFlow({ id: 'race', input: number }, (f) => {
  const late = f.step('late', {
    run: (): number => {
      throw new Error('not fast enough');
    },
  });
  const early = f.step('early', { needs: { input: f.input }, run: ({ input }) => input.n });
  const first = f.race('first', { needs: { late, early } });
  return f.step('end', { needs: { first }, run: ({ first }) => first });
});

export const asked = defineFlow({ id: 'asked', input: number }, (f) => {
  const answer = f.waitFor('answer', { payload: z.object({ yes: z.boolean() }), expires: '10m' });
  return f.step('said', {
    needs: { input: f.input, answer },
    run: ({ input, answer }) => [input.n, answer.yes],
  });
});

/** Each with an input, and run in Airflow as on this machine. */
export const examples: readonly (readonly [flow: AnyFlow, input: unknown])[] = [
  [chain, { n: 4 }],
  [diamond, { n: 4 }],
  [mapped, { n: 3 }],
  [choosy, { n: 4 }],
  [forgiving, { n: 4 }],
  [settled, { n: 4 }],
  [nested, { n: 4 }],
  [whole, { n: 4 }],
  [persistent, { n: 4 }],
  [told, { n: 4 }],
  [told, { n: 5 }],
  [lostOutput, { n: 4 }],
  [hostile, { 'a "b"': '{{ params }} ' }],
];
