import { type AnyFlow, defineFlow, defineTask, type FlowGraph } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { errorsTellNothing } from '../telling.ts';
import type { FlowExporterCapabilities, FlowExporterUnderTest } from './flow-exporter-under-test.ts';
import type { FlowExport } from './flow-tool.ts';
import { anything } from './flows/anything.ts';
import { featureStep, flowWith, isOfStep } from './flows/features.ts';
import { sameStructure } from './same-structure.ts';

const refusesSomething = ({ unsupported }: FlowExporterCapabilities): true | string =>
  unsupported.length > 0 || 'the exporter refuses nothing that a flow may have';

const flow = defineFlow({ id: 'a flow', input: anything }, (f) => {
  const first = f.step('first', { run: () => 1 });
  const second = f.step('second', { needs: { first }, run: () => 2 });
  return f.step('third', { needs: { second }, run: () => 3 });
});
const graph = flow.toGraph();

/** The flow with another graph. A malformed one is what they all are. */
const withGraph = (change: object): AnyFlow => ({
  ...flow,
  toGraph: () => ({ ...graph, ...change }) as FlowGraph,
});
const withNode = (id: string, change: object): AnyFlow =>
  withGraph({ nodes: graph.nodes.map((node) => (node.id === id ? { ...node, ...change } : node)) });

const invalid = ['AIWORK_INVALID_FLOW', 'AIWORK_INVALID_ARGUMENT'] as const;

/** Flows that could not be run here either. */
const malformed = [
  [
    'whose steps need each other in a circle',
    withNode('first', { needs: { third: 'third' } }),
    ['AIWORK_CYCLE'],
  ],
  ['with a step that needs itself', withNode('second', { needs: { own: 'second' } }), ['AIWORK_CYCLE']],
  [
    'with a step that needs one there is not',
    withNode('second', { needs: { x: 'x' } }),
    ['AIWORK_UNKNOWN_NEED'],
  ],
  ['with the output of a step there is not', withGraph({ output: 'x' }), ['AIWORK_UNKNOWN_NEED']],
  ['with two steps of one id', withNode('third', { id: 'first', needs: {} }), ['AIWORK_DUPLICATE_ID']],
  ['of another format', withGraph({ format: 2 }), invalid],
  ['without steps in a list', withGraph({ nodes: null }), invalid],
  ['with a step of a kind that there is not', withNode('second', { kind: 'leap' }), invalid],
  ['with a step whose id holds a zero', withNode('third', { id: 'thi\u0000rd' }), invalid],
  ['with a step whose id breaks the line', withNode('third', { id: 'third\n' }), invalid],
  ['with a step whose id is half a character', withNode('third', { id: '\ud83d' }), invalid],
  ['whose id holds a zero', withGraph({ id: 'a\u0000' }), invalid],
] as const;

const secret = 'hunter2-constant';
const same = defineTask({ id: 'same', input: anything, run: (value) => value });
/** A flow with a secret among its constants, and something wrong. */
const withSecret = (needs: object): AnyFlow => {
  const made = defineFlow({ id: 'a flow', input: anything }, (f) =>
    f.call('only', same, { password: secret }),
  );
  const [node] = made.toGraph().nodes;
  return { ...made, toGraph: () => ({ ...made.toGraph(), nodes: [{ ...node, needs }] }) as FlowGraph };
};

export const refusals: CheckGroup<FlowExporterUnderTest> = {
  id: 'refusals',
  title: 'What is refused',
  checks: [
    {
      id: 'flow-exporter.refusals.unsupported',
      rule: 'What is declared unsupported is refused by an error that names flow, step and reason',
      anchor: 'FlowExporter',
      why: 'a retry or a condition that is dropped without a word is missed when it is needed',
      when: refusesSomething,
      async run(t) {
        const { exporter, options } = await t.open();
        for (const feature of t.capabilities.unsupported) {
          const { message } = await t.refuses(
            () => exporter.export(flowWith(feature), options),
            `a flow with "${feature}", which is declared unsupported,`,
            { code: 'AIWORK_UNSUPPORTED_CAPABILITY', notApplied: false },
          );
          const names = [flowWith(feature).id, ...(isOfStep(feature) ? [featureStep] : [])];
          for (const name of names) {
            t.that(message.includes(name), `the refusal of "${feature}" to name ${name}`, message);
          }
        }
      },
    },
    {
      id: 'flow-exporter.refusals.approximated',
      rule: 'With approximate, what is unsupported is refused still, or taken by the tool with its steps and edges',
      anchor: 'ExportOptions.approximate',
      why: 'what comes nearest has to be a flow that runs',
      when: refusesSomething,
      async run(t) {
        const { exporter, tool, options } = await t.open();
        const approximations: FlowExport[] = [];
        for (const feature of t.capabilities.unsupported) {
          const flow = flowWith(feature);
          const made = await exporter.export(flow, { ...options, approximate: true }).then(
            (files) => ({ files }),
            (error: unknown) => ({ error }),
          );
          if ('files' in made) {
            approximations.push({ flow, ...made });
            continue;
          }
          await t.refuses(() => Promise.reject(made.error), `"${feature}" with approximate, if at all,`, {
            code: 'AIWORK_UNSUPPORTED_CAPABILITY',
            notApplied: false,
          });
        }
        const inspections = await tool.inspectAll(approximations, { signal: t.signal });
        for (const [index, { flow }] of approximations.entries()) {
          sameStructure(t, flow, inspections[index] ?? { refusal: 'nothing' });
        }
      },
    },
    {
      id: 'flow-exporter.refusals.malformed',
      rule: 'A flow that could not be run here is refused as it is here: cycles, unknown needs, another format',
      anchor: 'FlowExporter',
      why: 'the tool would be given what nobody has checked, and say something else or nothing',
      async run(t) {
        const { exporter, options } = await t.open();
        for (const [what, broken, code] of malformed) {
          await t.refuses(() => exporter.export(broken, options), `a flow ${what}`, {
            code,
            notApplied: false,
          });
        }
      },
    },
    {
      id: 'flow-exporter.refusals.options',
      rule: 'The options of every exporter are taken, and one that this exporter does not know is refused and named',
      anchor: 'ExportOptions',
      why: 'a slip in an option is never seen, and what it was to change stays as it was',
      async run(t) {
        const { exporter, options } = await t.open();
        for (const option of ['noSuchOption', 'Approximate']) {
          const { message } = await t.refuses(
            () => exporter.export(flow, { ...options, [option]: true }),
            `the option ${option}`,
            { code: 'AIWORK_INVALID_ARGUMENT', notApplied: false },
          );
          t.that(message.includes(option), `the refusal to name ${option}`, message);
        }
        const taken = { file: 'flows/a.ts', approximate: false, signal: t.signal };
        const made = await exporter.export(flow, { ...options, ...taken });
        t.that(made.length > 0, `files with the options ${Object.keys(taken).join(', ')}`, made);
      },
    },
    {
      id: 'flow-exporter.refusals.tells-nothing',
      rule: 'No error shows a constant of the flow',
      anchor: 'Adapter',
      why: 'errors are logged, and constants may be secrets',
      async run(t) {
        const { exporter, options } = await t.open();
        const errors = [];
        for (const needs of [{ x: 'x' }, { own: 'only' }, 'no needs']) {
          const broken = withSecret(needs as object);
          errors.push(
            await t.refuses(() => exporter.export(broken, options), 'a malformed flow', {
              notApplied: false,
            }),
          );
        }
        errorsTellNothing(t, errors, [secret, ...t.secrets]);
      },
    },
  ],
};
