import { type AnyFlow, defineFlow, defineTask, type FlowOptions, type Policy } from '@aiwork/core';
import { anything, described } from './anything.ts';

/** The step that a feature stands at, where it is one of a step. */
export const featureStep = 'the-step';

type MakeFlow = (id: string) => AnyFlow;

const same = defineTask({ id: 'same', input: anything, run: (value) => value });
const told = defineTask({ id: 'told', input: anything, run: () => {} });
const inner = defineFlow({ id: 'inner-flow', input: anything }, (f) => {
  const a = f.step('a', { run: () => 1 });
  const b = f.step('b', { needs: { a }, run: () => 2 });
  const c = f.step('c', { needs: { a }, run: () => 3 });
  return f.step('d', { needs: { b, c }, run: () => 4 });
});

/** A flow of three steps in a row, the middle one under `policy`. */
function ofStep(
  options: Policy & { readonly onError?: 'continue'; when?(): boolean; undo?(): void },
): MakeFlow {
  return (id) =>
    defineFlow({ id, input: anything }, (f) => {
      const first = f.step('first', { run: () => 1 });
      const middle = f.step(featureStep, { ...options, needs: { first }, run: () => 2 });
      return f.step('last', { needs: { middle }, run: () => 3 });
    });
}

/** A flow of one step. */
function ofFlow(options: Partial<Omit<FlowOptions<unknown, unknown>, 'id'>>): MakeFlow {
  return (id) => defineFlow({ input: anything, ...options, id }, (f) => f.step('only', { run: () => 1 }));
}

const ofSteps = {
  call: (id) =>
    defineFlow({ id, input: anything }, (f) => {
      const first = f.step('first', { run: () => [1] });
      return f.call(featureStep, same, { of: first.$, constant: [null, true] });
    }),
  'sub-flow': (id) =>
    defineFlow({ id, input: anything }, (f) => {
      const first = f.step('first', { run: () => [1] });
      const called = f.call(featureStep, inner, first.$);
      return f.step('last', { needs: { called }, run: () => 1 });
    }),
  map: (id) =>
    defineFlow({ id, input: anything }, (f) => {
      const first = f.step('first', { run: () => [1, 2] });
      return f.map(featureStep, same, { over: first.$ });
    }),
  'map-of-sub-flows': (id) =>
    defineFlow({ id, input: anything }, (f) => f.map(featureStep, inner, { over: [1, 2] })),
  loop: (id) =>
    defineFlow({ id, input: anything }, (f) =>
      f.loop(featureStep, same, { from: () => 1, until: () => true, maxRounds: 3 }),
    ),
  race: (id) =>
    defineFlow({ id, input: anything }, (f) => {
      const a = f.step('a', { run: () => 1 });
      const b = f.step('b', { run: () => 2 });
      return f.race(featureStep, { needs: { a, b } });
    }),
  settle: (id) =>
    defineFlow({ id, input: anything }, (f) => {
      const a = f.step('a', { run: () => 1 });
      const b = f.step('b', { run: () => 2 });
      return f.settle(featureStep, { needs: { a, b }, run: () => 3 });
    }),
  wait: (id) =>
    defineFlow({ id, input: anything }, (f) => f.waitFor(featureStep, { payload: anything, expires: '1h' })),
  sleep: (id) => defineFlow({ id, input: anything }, (f) => f.sleep(featureStep, { for: '1s' })),
  'sleep-until': (id) =>
    defineFlow({ id, input: anything }, (f) => f.sleep(featureStep, { for: () => new Date(0) })),
  when: ofStep({ when: () => true }),
  continue: ofStep({ onError: 'continue' }),
  undo: ofStep({ undo: () => {} }),
  retry: ofStep({ retry: { maxAttempts: 3, minDelay: '1s', maxDelay: '1m' } }),
  'retry-fixed': ofStep({ retry: { maxAttempts: 3, backoff: 'fixed', minDelay: '1s', jitter: false } }),
  'retry-on': ofStep({ retry: { maxAttempts: 3, retryOn: () => true } }),
  timeout: ofStep({ timeout: '10s' }),
  budget: ofStep({ budget: { tokens: 100 } }),
  priority: ofStep({ priority: 7 }),
  concurrency: ofStep({ concurrency: 2 }),
  'shared-concurrency': ofStep({ concurrency: { limit: 2, key: 'shared' } }),
  'rate-limit': ofStep({ rateLimit: { limit: 2, per: '1m' } }),
} satisfies Record<string, MakeFlow>;

const ofFlows = {
  'flow-timeout': ofFlow({ timeout: '1h' }),
  'flow-budget': ofFlow({ budget: { tokens: 100 } }),
  'flow-concurrency': ofFlow({ concurrency: 2 }),
  schedule: ofFlow({ schedule: { cron: '0 6 * * *', timezone: 'Europe/Zurich' } }),
  'schedule-seconds': ofFlow({ schedule: { cron: '*/30 * * * * *' } }),
  'several-schedules': ofFlow({ schedule: [{ cron: '0 6 * * *' }, { cron: '0 18 * * *' }] }),
  'schedule-input': ofFlow({ schedule: { cron: '0 6 * * *', input: { n: 1 } } }),
  'catch-up': ofFlow({ schedule: { cron: '0 6 * * *', catchUp: true } }),
  'overlap-queue': ofFlow({ schedule: { cron: '0 6 * * *', overlap: 'queue' } }),
  'overlap-cancel': ofFlow({ schedule: { cron: '0 6 * * *', overlap: 'cancel-previous' } }),
  'on-failure': ofFlow({ onFailure: told }),
  'on-cancel': ofFlow({ onCancel: told }),
  tags: ofFlow({ tags: ['nightly', 'team a'] }),
  'input-schema': ofFlow({
    input: described({
      type: 'object',
      properties: { n: { type: 'integer', default: 3, description: 'how many' } },
      required: ['n'],
    }),
  }),
} satisfies Record<string, MakeFlow>;

/** Something that a flow may have and a tool may not. @since 0.1.0 */
export type FlowFeature = keyof typeof ofSteps | keyof typeof ofFlows;

const makers: Readonly<Record<FlowFeature, MakeFlow>> = { ...ofSteps, ...ofFlows };

export const flowFeatures = Object.keys(makers) as readonly FlowFeature[];

/** A flow that has the feature, and nothing else that is special; its id says which. */
export const flowWith = (feature: FlowFeature): AnyFlow => makers[feature](`with-${feature}`);

/** Whether it stands at {@link featureStep}, or is of the flow as a whole. */
export const isOfStep = (feature: FlowFeature): boolean => Object.hasOwn(ofSteps, feature);
