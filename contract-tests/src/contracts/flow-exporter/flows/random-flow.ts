import { type AnyFlow, type AnyStep, defineFlow, defineTask, type Ref } from '@aiwork/core';
import type { Random } from '../../../engine/random.ts';
import { anything } from './anything.ts';

const same = defineTask({ id: 'same', input: anything, run: (value) => value });

interface RandomFlow {
  readonly id: string;
  readonly random: Random;
  readonly maxSteps: number;
  /** Whether steps may be calls, whose inputs refer to others. */
  readonly kinds: 'any' | 'code';
}

/**
 * A flow of up to `maxSteps` steps that need earlier ones: by name, or by a reference somewhere in an input. Neighbours
 * are needed more often than steps far back, and some steps need nothing.
 */
export function randomFlow({ id, random, maxSteps, kinds }: RandomFlow): AnyFlow {
  return defineFlow({ id, input: anything }, (f) => {
    const steps = [f.step('step-0', { run: (): unknown => 0 })];
    const count = random.integer(1, maxSteps);
    for (let n = 1; n < count; n += 1) {
      const needed = new Set<(typeof steps)[number]>();
      for (let edge = random.integer(0, 3); edge > 0; edge -= 1) {
        const back = Math.min(n, 1 + Math.floor(random.next() ** 2 * n));
        needed.add(steps[n - back] as (typeof steps)[number]);
      }
      steps.push(
        kinds === 'code' || random.next() < 0.5 ? byName(n, [...needed]) : byReference(n, [...needed]),
      );
    }
    return steps.at(-1) as (typeof steps)[number];

    function byName(n: number, needed: readonly AnyStep[]) {
      const needs = Object.fromEntries(needed.map((step, index) => [`n${index}`, step]));
      return f.step(`step-${n}`, { needs, run: (): unknown => n });
    }

    function byReference(n: number, needed: readonly { readonly $: Ref<unknown> }[]) {
      const [first, ...others] = needed.map(({ $ }) => $);
      const input = { first: first ?? null, others: [{ deep: others }], input: f.input.$ };
      return f.call(`step-${n}`, same, input);
    }
  });
}
