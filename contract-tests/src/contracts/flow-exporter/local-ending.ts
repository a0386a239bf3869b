import { testRun } from '@aiwork/core/testing';
import type { RunEnding, StepEnding } from './flow-tool.ts';
import type { RunExample } from './flows/run-examples.ts';

/** What a run of this process comes to: what the tool's has to come to. */
export async function localEnding({ flow, input }: RunExample): Promise<RunEnding> {
  const { status, events } = await testRun(flow, input);
  const ids = new Set(flow.toGraph().nodes.map(({ id }) => id));
  const steps = new Map<string, StepEnding>();
  for (const event of events) {
    if (!('stepId' in event) || event.stepId === undefined || !ids.has(event.stepId)) continue;
    if (event.type === 'step.succeeded') {
      const { output, attempt: attempts } = event;
      steps.set(event.stepId, { status: 'succeeded', output, attempts });
    }
    if (event.type === 'step.skipped') steps.set(event.stepId, { status: 'skipped' });
    if (event.type === 'step.failed') steps.set(event.stepId, { status: 'failed' });
    if (event.type === 'step.cancelled') steps.set(event.stepId, { status: 'cancelled' });
  }
  return { status: status === 'succeeded' ? 'succeeded' : 'failed', steps };
}
