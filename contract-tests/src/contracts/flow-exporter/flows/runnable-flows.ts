import { isDeepStrictEqual } from 'node:util';
import { AiworkError, defineFlow, defineTask } from '@aiwork/core';
import { anything } from './anything.ts';
import { constants, givenTexts, hostileTexts } from './texts.ts';

const same = defineTask({ id: 'same', input: anything, run: (value) => value });
const double = defineTask({ id: 'double', input: anything, run: (n: number) => n * 2 });

/** A broken step, in the same words each time. */
function broken(): never {
  throw new AiworkError('AIWORK_STEP_FAILED', 'broken on purpose', { retryable: false });
}

/** Three steps, each behind the one before. @since 0.1.0 */
export const chain = defineFlow({ id: 'chain', input: anything }, (f) => {
  const one = f.step('one', { needs: { input: f.input }, run: ({ input }): number => input.n + 1 });
  const two = f.call('two', double, one.$);
  return f.step('three', { needs: { two }, run: ({ two: n }) => ({ n, text: `${n}` }) });
});

/** Two ways from one step, and one from none, that meet. @since 0.1.0 */
export const fan = defineFlow({ id: 'fan', input: anything }, (f) => {
  const first = f.step('first', { run: () => ({ parts: ['a', 'b', 'c'], n: 1 }) });
  const left = f.step('left', { needs: { first }, run: ({ first: { parts } }) => parts.length });
  const right = f.call('right', same, { part: first.$.parts[1], rest: [first.$.n, null] });
  const alone = f.step('alone', { run: () => 'alone' });
  return f.step('join', { needs: { left, right, alone, first }, run: (all) => all });
});

/** Maps over outputs, over what code makes of them, over nothing, and over constants. @since 0.1.0 */
export const mapping = defineFlow({ id: 'mapping', input: anything }, (f) => {
  const list = f.step('list', { run: () => [5, 1, 4] });
  const doubled = f.map('doubled', double, { over: list.$, concurrency: 2 });
  const computed = f.map('computed', double, {
    needs: { doubled },
    over: ({ doubled: numbers }) => numbers.slice(1),
  });
  const none = f.map('none', double, { over: [] });
  const fixed = f.map('fixed', same, { over: [list.$[0], 'constant', null] });
  return f.step('all', { needs: { doubled, computed, none, fixed }, run: (all) => all });
});

/** Steps that are skipped, and some that need those. @since 0.1.0 */
export const skipping = defineFlow({ id: 'skipping', input: anything }, (f) => {
  const input = { input: f.input };
  const low = f.step('low', { needs: input, when: ({ input: { n } }) => n < 10, run: () => 'low' });
  const high = f.step('high', { needs: input, when: ({ input: { n } }) => n >= 10, run: () => 'high' });
  const behind = f.step('behind', { needs: { high }, run: ({ high: text }) => `behind ${text}` });
  const call = f.call(
    'call',
    same,
    { low: low.$, high: high.$ },
    { needs: { low }, when: ({ low: text }) => !!text },
  );
  return f.step('join', { needs: { low, high, behind, call }, run: (all) => all });
});

/** A step that succeeds in its third attempt. @since 0.1.0 */
export const trying = defineFlow({ id: 'trying', input: anything }, (f) => {
  const third = f.step('third', {
    retry: { maxAttempts: 3, minDelay: '1s', maxDelay: '2s' },
    run(_, { attempt }) {
      if (attempt < 3) throw new Error(`attempt ${attempt} fails`);
      return 'the third attempt';
    },
  });
  return f.step('after', { needs: { third }, run: ({ third: text }) => text.length });
});

const inner = defineFlow({ id: 'inner', input: anything }, (f) => {
  const start = f.step('start', { needs: { input: f.input }, run: ({ input }): number => input.n });
  const left = f.call('left', double, start.$);
  const right = f.step('right', { needs: { start }, run: ({ start: n }) => n - 1 });
  return f.step('sum', { needs: { left, right }, run: ({ left: l, right: r }) => l + r });
});

/** A sub-flow that is called twice. @since 0.1.0 */
export const nesting = defineFlow({ id: 'nesting', input: anything }, (f) => {
  const before = f.step('before', { run: () => ({ n: 7 }) });
  const called = f.call('called', inner, before.$);
  const again = f.call('again', inner, { n: called.$ });
  return f.step('after', { needs: { called, again }, run: (sums) => sums });
});

/** Every kind of constant, as an input and as items. @since 0.1.0 */
export const constant = defineFlow({ id: 'constant', input: anything }, (f) => {
  const called = f.call('called', same, { constants });
  const mapped = f.map('mapped', same, { over: ['{{ 7 * 7 }}', "it's", '\\'] });
  return f.step('compared', {
    needs: { called, mapped },
    run: ({ called: given }) => isDeepStrictEqual(given, { constants }),
  });
});

/** What is given when the run is started, and what steps hand on. @since 0.1.0 */
export const texts = defineFlow({ id: 'texts', input: anything }, (f) => {
  const given = f.step('given', { needs: { input: f.input }, run: ({ input }): string[] => input.texts });
  const own = f.step('own', { run: () => hostileTexts });
  const called = f.call('called', same, { first: own.$[2], given: given.$, own: own.$ });
  return f.step('compared', {
    needs: { given, own, called },
    run: ({ given: a, own: b, called: c }) => [
      isDeepStrictEqual(a, givenTexts),
      isDeepStrictEqual(c, { first: b[2], given: a, own: b }),
    ],
  });
});

/** An output of some hundred kilobytes. @since 0.1.0 */
export const large = defineFlow({ id: 'large', input: anything }, (f) => {
  const made = f.step('made', {
    run: () => ({ text: 'large \u00e9 '.repeat(40_000), list: Array(5000).fill(1) }),
  });
  const called = f.call('called', same, made.$);
  return f.step('measured', {
    needs: { made, called },
    run: ({ made: a, called: b }) => [a.text.length, b.text.length, b.list.length, a.text === b.text],
  });
});

/** Outputs that JSON does not have. @since 0.1.0 */
export const dates = defineFlow({ id: 'dates', input: anything }, (f) => {
  const made = f.step('made', {
    run: () => ({ date: new Date(0), map: new Map([[1, 2n]]), not: Number.NaN }),
  });
  return f.step('used', {
    needs: { made },
    run: ({ made: { date, map, not } }) => [
      date.toISOString(),
      String(map.get(1)),
      Object.is(not, Number.NaN),
    ],
  });
});

/** A step that fails, and the flow goes on. @since 0.1.0 */
export const going = defineFlow({ id: 'going-on', input: anything }, (f) => {
  const fails = f.step('fails', { onError: 'continue', run: broken });
  const works = f.step('works', { run: () => 'works' });
  return f.step('join', { needs: { fails, works }, run: ({ fails: a, works: b }) => [a === undefined, b] });
});

/** A step that is shown how others ended. @since 0.1.0 */
export const settling = defineFlow({ id: 'settling', input: anything }, (f) => {
  const fails = f.step('fails', { run: broken });
  const works = f.step('works', { run: () => 'works' });
  const skipped = f.step('skipped', { when: () => false, run: () => 'never' });
  return f.settle('settle', {
    needs: { fails, works, skipped },
    run: (all) =>
      Object.entries(all)
        .map(([name, { status }]) => `${name} ${status}`)
        .sort(),
  });
});

/** A loop of some rounds. @since 0.1.0 */
export const looping = defineFlow({ id: 'looping', input: anything }, (f) => {
  const start = f.step('start', { run: () => 3 });
  return f.loop('grow', double, { from: start.$, until: (n: number) => n > 20, maxRounds: 9 });
});

/** A race that the only one to succeed wins. @since 0.1.0 */
export const racing = defineFlow({ id: 'racing', input: anything }, (f) => {
  const fails = f.step('fails', { run: broken });
  const works = f.step('works', { run: () => 'works' });
  return f.race('first', { needs: { fails, works } });
});

/** A pause of a second. @since 0.1.0 */
export const sleeping = defineFlow({ id: 'sleeping', input: anything }, (f) => {
  const nap = f.sleep('nap', { for: '1s' });
  return f.step('awake', { needs: { nap }, run: () => 'awake' });
});

/** A step that fails the run. @since 0.1.0 */
export const failing = defineFlow({ id: 'failing', input: anything }, (f) => {
  const works = f.step('works', { run: () => 1 });
  const fails = f.step('fails', { needs: { works }, run: broken });
  const never = f.step('never', { needs: { fails }, run: () => 2 });
  return f.step('last', { needs: { never }, run: () => 3 });
});

/** Steps and a flow whose names mean something to shells and templates. @since 0.1.0 */
export const named = defineFlow({ id: `it's "{{ a }}" $(flow) \\ \u{1f600}`, input: anything }, (f) => {
  const names = [
    '--help',
    '"',
    "'",
    '{{ 1 }}',
    'a b',
    'a_b',
    'A_b',
    '\\',
    '`id`',
    '\u202enoitpo',
    '\u{1f600}',
  ];
  const steps = names.map((name) => f.step(name, { run: () => name }));
  const needs = Object.fromEntries(steps.map((step, index) => [names[index] as string, step]));
  return f.step(';exit 1', { needs, run: (all) => all });
});
