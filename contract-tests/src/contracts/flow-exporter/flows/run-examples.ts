import type { AnyFlow } from '@aiwork/core';
import type { FlowFeature } from './features.ts';
import * as flows from './runnable-flows.ts';
import { givenTexts } from './texts.ts';

/** A flow that is run here and in the tool. */
export interface RunExample {
  readonly flow: AnyFlow;
  readonly input: unknown;
  /** What the tool has to have for it. */
  readonly features: readonly FlowFeature[];
}

const run = (flow: AnyFlow, input: unknown, ...features: readonly FlowFeature[]): RunExample => ({
  flow,
  input,
  features,
});

/** By what of a run they show. */
export const runExamples = {
  data: [
    run(flows.chain, { n: 20 }, 'call'),
    run(flows.fan, {}, 'call'),
    run(flows.mapping, {}, 'map'),
    run(flows.nesting, {}, 'call', 'sub-flow'),
    run(flows.looping, {}, 'loop'),
    run(flows.racing, {}, 'race'),
    run(flows.sleeping, {}, 'sleep'),
  ],
  texts: [
    run(flows.constant, {}, 'call', 'map'),
    run(flows.texts, { texts: givenTexts, '{{ key }}': { "it's": '"' } }, 'call'),
    run(flows.large, {}, 'call'),
    run(flows.dates, {}),
    run(flows.named, {}),
  ],
  skips: [run(flows.skipping, { n: 3 }, 'call', 'when'), run(flows.settling, {}, 'settle', 'when')],
  failures: [run(flows.trying, {}, 'retry'), run(flows.going, {}, 'continue'), run(flows.failing, {})],
} satisfies Record<string, readonly RunExample[]>;
