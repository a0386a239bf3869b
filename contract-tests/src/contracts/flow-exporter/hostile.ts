import { type AnyFlow, defineFlow } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { carriedOver, takes } from './exporting.ts';
import type { FlowExporterUnderTest } from './flow-exporter-under-test.ts';
import { anything } from './flows/anything.ts';
import { hostileNames, lookAlikes, pathNames } from './flows/names.ts';
import { textFlows } from './flows/text-flows.ts';

/** A flow whose steps have these ids, each behind the one before it. */
function flowOf(id: string, stepIds: readonly string[]): AnyFlow {
  return defineFlow({ id, input: anything }, (f) => {
    const [first = 'only', ...others] = stepIds;
    let last = f.step(first, { run: () => first });
    for (const name of others) last = f.step(name, { needs: { last }, run: () => name });
    return last;
  });
}

const flowNames = [...hostileNames, ...lookAlikes, ...pathNames];

export const hostile: CheckGroup<FlowExporterUnderTest> = {
  id: 'hostile',
  title: 'Hostile names and texts',
  checks: [
    {
      id: 'flow-exporter.hostile.step-names',
      rule: 'Whatever a step is called, the tool has it as one step, where it stands in the flow',
      anchor: 'FlowExporter',
      why: 'a name that ends the literal it stands in is code that runs in the tool',
      async run(t) {
        // One by one as well, so that the one that breaks the file is named.
        const flows = [
          flowOf('all of them', hostileNames),
          ...hostileNames.map((name, n) => flowOf(`name ${n}`, [name])),
        ];
        await carriedOver(t, await t.open(), flows);
      },
    },
    {
      id: 'flow-exporter.hostile.flow-names',
      rule: 'Whatever a flow is called, the tool has it with its steps, beside all others',
      anchor: 'FlowExporter',
      why: 'a flow would take the place of another one, or be nowhere',
      async run(t) {
        const flows = flowNames.map((name) => flowOf(name, ['first', 'second']));
        await carriedOver(t, await t.open(), flows);
      },
    },
    {
      id: 'flow-exporter.hostile.look-alikes',
      rule: 'Steps whose ids differ stay apart, by what little they ever differ',
      anchor: 'FlowExporter',
      why: 'two steps become one, and one of them is never run',
      async run(t) {
        await carriedOver(t, await t.open(), [flowOf('look-alikes', lookAlikes)]);
      },
    },
    {
      id: 'flow-exporter.hostile.texts',
      rule: 'No constant, tag, version or description ends what it stands in, or is dropped',
      anchor: 'FlowExporter',
      why: 'texts come from users: one that breaks out of its literal runs as code',
      async run(t) {
        await carriedOver(
          t,
          await t.open(),
          textFlows((features) => takes(t, features)),
        );
      },
    },
  ],
};
