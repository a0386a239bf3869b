import { isDeepStrictEqual } from 'node:util';
import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { exportedAll, takes } from './exporting.ts';
import type { FlowExporterCapabilities, FlowExporterUnderTest } from './flow-exporter-under-test.ts';
import type { RunEnding } from './flow-tool.ts';
import { type RunExample, runExamples } from './flows/run-examples.ts';
import { localEnding } from './local-ending.ts';

const runs = ({ runs: can }: FlowExporterCapabilities): true | string =>
  can || 'the subject has no tool that runs what was exported';

/** The tool comes to what this process comes to, with every example that it has everything for. */
async function sameEndings(
  t: CheckContext<FlowExporterUnderTest>,
  examples: readonly RunExample[],
): Promise<void> {
  const subject = await t.open();
  const possible = examples.filter(({ features }) => takes(t, features));
  const exports = await exportedAll(
    t,
    subject,
    possible.map(({ flow }) => flow),
  );
  const asked = exports.map((one, index) => ({ ...one, input: possible[index]?.input }));
  const endings = (await subject.tool.runAll?.(asked, { signal: t.signal })) ?? [];
  t.same(endings.length, possible.length, 'the number of runs that came to an end');
  for (const [index, example] of possible.entries()) {
    compare(t, example, await localEnding(example), endings[index] as RunEnding);
  }
}

function compare(
  t: CheckContext<FlowExporterUnderTest>,
  { flow }: RunExample,
  local: RunEnding,
  seen: RunEnding,
): void {
  const where = `flow ${JSON.stringify(flow.id)}`;
  for (const { id } of flow.toGraph().nodes) {
    const step = `step ${JSON.stringify(id)} of ${where}`;
    const expected = local.steps.get(id);
    const ending = seen.steps.get(id);
    if (expected === undefined) {
      t.that(ending?.status !== 'succeeded', `${step} not to be run, as it is not here`, ending);
      continue;
    }
    t.same(ending?.status, expected.status, `how ${step} ended`);
    if (expected.status !== 'succeeded') continue;
    if (isJson(expected.output)) t.same(ending?.output, expected.output, `what ${step} gave`);
    if (ending?.attempts !== undefined) {
      t.same(ending.attempts, expected.attempts, `how many attempts ${step} took`);
    }
  }
  t.same(seen.status, local.status, `how the run of ${where} ended`);
}

/** What the tool keeps in a form of its own is compared by what a later step makes of it. */
function isJson(value: unknown): boolean {
  return value === undefined || isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
}

export const results: CheckGroup<FlowExporterUnderTest> = {
  id: 'results',
  title: 'Results',
  checks: [
    {
      id: 'flow-exporter.results.data',
      rule: 'Run by the tool, every step gives what it gives in a run of this process',
      anchor: 'FlowExporter',
      why: 'an export that only looks like the flow is a drawing',
      when: runs,
      run: (t) => sameEndings(t, runExamples.data),
    },
    {
      id: 'flow-exporter.results.texts',
      rule: 'Constants, inputs and outputs come through the tool as they are, whatever is in them and however large',
      anchor: 'FlowExporter',
      why: 'a text with a quote or a brace in it would be changed, or run as code',
      when: runs,
      run: (t) => sameEndings(t, runExamples.texts),
    },
    {
      id: 'flow-exporter.results.skips',
      rule: 'Run by the tool, the same steps are skipped, and those behind them see the same',
      anchor: 'FlowExporter',
      why: 'most tools skip whatever stands behind a step that was skipped',
      when: runs,
      run: (t) => sameEndings(t, runExamples.skips),
    },
    {
      id: 'flow-exporter.results.failures',
      rule: 'Run by the tool, the same steps fail, after as many attempts, and nothing runs behind a failure',
      anchor: 'FlowExporter',
      why: 'work that needs what is not there would be done, or work that may go on would not',
      when: runs,
      run: (t) => sameEndings(t, runExamples.failures),
    },
  ],
};
