import { defineFlow } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { carriedOver, takes } from './exporting.ts';
import type { FlowExporterUnderTest } from './flow-exporter-under-test.ts';
import { anything } from './flows/anything.ts';
import { flowFeatures, flowWith } from './flows/features.ts';
import { randomFlow } from './flows/random-flow.ts';

/** 1,000 steps, each but the first ten behind two earlier ones. */
const thousandSteps = () =>
  defineFlow({ id: 'a thousand steps', input: anything }, (f) => {
    const steps = [f.step('step 0', { run: () => 0 })];
    for (let n = 1; n < 1000; n += 1) {
      const [near, far] = [steps[n - 1], steps[n - 10]];
      const needs = { ...(n % 10 > 0 && near && { near }), ...(far && { far }) };
      steps.push(f.step(`step ${n}`, { needs, run: () => n }));
    }
    return steps.at(-1) as (typeof steps)[number];
  });

export const structure: CheckGroup<FlowExporterUnderTest> = {
  id: 'structure',
  title: 'Steps and edges',
  checks: [
    {
      id: 'flow-exporter.structure.features',
      rule: 'The tool takes the files of every flow that is not refused, and has its steps and edges',
      anchor: 'FlowExporter',
      why: 'files that the tool does not read, or in which a step is missing, are found out when they are needed',
      async run(t) {
        const supported = flowFeatures.filter((feature) => takes(t, [feature]));
        await carriedOver(t, await t.open(), supported.map(flowWith));
      },
    },
    {
      id: 'flow-exporter.structure.random',
      rule: 'Whatever the shape of a flow, the tool has its steps and edges, with those that only an input refers to',
      anchor: 'FlowExporter',
      why: 'a step that starts too early works on what is not there yet',
      async run(t) {
        const kinds = takes(t, ['call']) ? 'any' : 'code';
        const flows = Array.from({ length: 200 }, (_, n) =>
          randomFlow({ id: `random-${n}`, random: t.random, maxSteps: 1 + Math.floor(n / 4), kinds }),
        );
        await carriedOver(t, await t.open(), flows);
      },
    },
    {
      id: 'flow-exporter.structure.large',
      rule: 'A flow of 1,000 steps is exported in bounded time, and taken by the tool as it is',
      anchor: 'FlowExporter',
      why: 'flows grow, and tools give up on files that take too long to read',
      async run(t) {
        const subject = await t.open();
        const flow = thousandSteps();
        const start = performance.now();
        await subject.exporter.export(flow, subject.options);
        const durationMs = Math.round(performance.now() - start);
        t.evidence('export of 1,000 steps, ms', durationMs);
        t.that(
          durationMs <= t.callDeadlineMs,
          `1,000 steps to be exported within ${t.callDeadlineMs} ms`,
          `${durationMs} ms`,
        );
        await carriedOver(t, subject, [flow]);
      },
    },
  ],
};
