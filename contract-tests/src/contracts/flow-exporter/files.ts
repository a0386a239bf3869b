import type { AnyFlow, ExportedFile } from '@aiwork/core';
import { defineFlow } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { exported, exportedAll, takes } from './exporting.ts';
import type { FlowExporterUnderTest } from './flow-exporter-under-test.ts';
import { anything } from './flows/anything.ts';
import { flowFeatures, flowWith } from './flows/features.ts';
import { hostileNames, lookAlikes, pathNames } from './flows/names.ts';
import { withKeysReversed } from './keys-reversed.ts';

const flowNamed = (id: string): AnyFlow =>
  defineFlow({ id, input: anything }, (f) => f.step('only', { run: () => 1 }));

const named = [...hostileNames, ...lookAlikes, ...pathNames].map(flowNamed);

/** What the longest name of a file may have in bytes, nearly everywhere. */
const maxNameBytes = 255;

/** What is wrong with the path of a file; nothing where it is in order. */
function problemOf(path: string): string | undefined {
  if (path === '' || path.startsWith('/') || /^[a-z]:/i.test(path)) return 'not relative';
  if (path.includes('\\')) return 'with a backslash';
  if (/\p{Cc}|\p{Cs}|[\u2028\u2029]/u.test(path)) return 'with a control character or half a character';
  const names = path.split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..')) return 'with an empty name or dots';
  if (names.some((name) => Buffer.byteLength(name) > maxNameBytes))
    return `with a name over ${maxNameBytes} bytes`;
  return undefined;
}

/** Paths that some file system takes for the same. */
const folded = ({ path }: ExportedFile) => path.normalize('NFKC').toLowerCase();

export const files: CheckGroup<FlowExporterUnderTest> = {
  id: 'files',
  title: 'Files',
  checks: [
    {
      id: 'flow-exporter.files.paths',
      rule: 'The path of a file is relative, stays inside, and can be written everywhere, whatever the flow is called',
      anchor: 'ExportedFile.path',
      why: 'whoever names a flow would choose which file is overwritten',
      async run(t) {
        const subject = await t.open();
        for (const { flow, files: made } of await exportedAll(t, subject, named)) {
          t.that(made.length > 0, `files for flow ${JSON.stringify(flow.id)}`, made);
          for (const { path } of made) {
            const problem = problemOf(path);
            t.that(
              problem === undefined,
              `a path for flow ${JSON.stringify(flow.id)} that is not ${problem}`,
              path,
            );
          }
        }
      },
    },
    {
      id: 'flow-exporter.files.apart',
      rule: 'No two files have the same path, be they of one flow or of flows with other ids',
      anchor: 'ExportedFile.path',
      why: 'exported to one folder, the second flow overwrites the first; in many a folder, Name is name',
      async run(t) {
        const taken = new Map<string, string>();
        for (const { flow, files: made } of await exportedAll(t, await t.open(), named)) {
          for (const file of made) {
            const other = taken.get(folded(file));
            t.same(
              other,
              undefined,
              `the other flow with a file at ${file.path}, which flow ${JSON.stringify(flow.id)} has`,
            );
            taken.set(folded(file), flow.id);
          }
        }
      },
    },
    {
      id: 'flow-exporter.files.text',
      rule: 'What a file holds is text that can be written as UTF-8',
      anchor: 'ExportedFile',
      why: 'half a character becomes another one when it is written',
      async run(t) {
        const all = await exportedAll(t, await t.open(), named);
        for (const { path, content } of all.flatMap(({ files: made }) => made)) {
          t.that(
            typeof content === 'string' && content.isWellFormed() && !content.startsWith('\ufeff'),
            `${path} to hold well-formed text without a byte order mark`,
            content,
          );
        }
      },
    },
    {
      id: 'flow-exporter.files.same-again',
      rule: 'The same flow gives the same files, byte for byte, at any time and whatever was exported before',
      anchor: 'FlowExporter',
      why: 'exports are kept under version control: each would be a change',
      async run(t) {
        const subject = await t.open();
        const flows = flowFeatures.filter((feature) => takes(t, [feature])).map(flowWith);
        const first = await exportedAll(t, subject, flows);
        // Into another second, for who writes down when it was.
        if (!t.manualTime) await t.wait(1100);
        const other = await t.open();
        const again = await exportedAll(t, other, [...flows].reverse());
        const together = await Promise.all(flows.map((one) => exported(t, subject, one)));
        for (const [index, { flow, files: made }] of first.entries()) {
          t.same(again.at(-1 - index)?.files, made, `the files of flow ${flow.id}, exported again`);
          t.same(together[index], made, `the files of flow ${flow.id}, exported with others at once`);
        }
      },
    },
    {
      id: 'flow-exporter.files.key-order',
      rule: 'Equal flows give equal files, whatever the order of keys in their graphs',
      anchor: 'FlowExporter',
      why: 'a graph that was stored in a database comes back with its keys in another order',
      async run(t) {
        const subject = await t.open();
        for (const feature of flowFeatures.filter((one) => takes(t, [one]))) {
          const flow = flowWith(feature);
          const graph = withKeysReversed(flow.toGraph());
          const reversed = await exported(t, subject, { ...flow, toGraph: () => graph });
          t.same(
            reversed,
            await exported(t, subject, flow),
            `the files of flow ${flow.id}, its keys reversed`,
          );
        }
      },
    },
    {
      id: 'flow-exporter.files.flow-stays',
      rule: 'A flow is the same after it was exported',
      anchor: 'FlowExporter',
      why: 'the flow is run and exported again by the same process',
      async run(t) {
        const { exporter, options } = await t.open();
        for (const feature of flowFeatures.filter((one) => takes(t, [one]))) {
          const flow = flowWith(feature);
          const graph = structuredClone(flow.toGraph());
          await exporter.export({ ...flow, toGraph: () => graph }, { ...options, signal: t.signal });
          t.same(graph, flow.toGraph(), `the graph of flow ${flow.id} after its export`);
        }
      },
    },
  ],
};
