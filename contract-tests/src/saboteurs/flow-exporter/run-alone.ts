import { type AnyFlow, defineTask, type FlowNode, fromGraph } from '@aiwork/core';
import { edgesOf } from '@aiwork/core/adapter-kit';
import { testRun } from '@aiwork/core/testing';
import type { StepEnding } from '../../contracts/flow-exporter/flow-tool.ts';
import { anything } from '../../contracts/flow-exporter/flows/anything.ts';

interface Alone {
  readonly flow: AnyFlow;
  /** What is to be done, as the plan has it. */
  readonly node: FlowNode;
  readonly input: unknown;
  readonly endings: ReadonlyMap<string, StepEnding>;
  /** Whether a run goes on when the step of this id has failed. */
  goesOn(id: string): boolean;
  /** What is called in the place of a sub-flow. */
  call?(input: unknown): Promise<unknown>;
}

/** Runs one step of a flow, those it needs having ended already. */
export async function runAlone({ flow, node, input, endings, goesOn, call }: Alone): Promise<StepEnding> {
  const parts = flow.parts();
  const given = edgesOf(node).map((id) => ({ id, ending: endings.get(id), goesOn: goesOn(id) }));
  const code = Object.fromEntries(given.map(({ id, ending }) => [`${id}.run`, () => replay(id, ending)]));
  const stands = call && defineTask({ id: 'sub-flow', input: anything, run: call });
  const own = stands ? ({ ...node, unit: { kind: 'task', id: stands.id } } as FlowNode) : node;
  const alone = fromGraph(
    {
      format: 1,
      id: flow.id,
      version: '1',
      nodes: [...given.map(replayed), own],
      output: node.id,
    },
    {
      units: { ...parts.units, ...(stands && { [`task:${stands.id}`]: stands }) },
      code: { ...parts.code, ...code, never: () => false },
      schemas: { ...parts.schemas, input: anything },
    },
  );
  const { events } = await testRun(alone, input);
  for (const event of events) {
    if (!('stepId' in event) || event.stepId !== node.id) continue;
    const { type } = event;
    if (type === 'step.skipped') return { status: 'skipped' };
    if (type === 'step.failed') return { status: 'failed' };
    if (type === 'step.succeeded') {
      return { status: 'succeeded', output: event.output, attempts: event.attempt };
    }
  }
  return { status: 'cancelled' };
}

function replay(id: string, ending: StepEnding | undefined): unknown {
  if (ending?.status !== 'succeeded') throw new Error(`step "${id}" failed`);
  return ending.output;
}

interface Given {
  readonly id: string;
  readonly ending: StepEnding | undefined;
  readonly goesOn: boolean;
}

/** A step that ends at once, as the one of that id has ended. */
const replayed = ({ id, ending, goesOn }: Given): FlowNode => ({
  kind: 'step',
  id,
  needs: {},
  run: { code: `${id}.run` },
  ...(goesOn && { onError: 'continue' }),
  ...(ending?.status === 'skipped' && { when: { code: 'never' } }),
});
