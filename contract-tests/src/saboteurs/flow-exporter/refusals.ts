import {
  AiworkError,
  type AnyFlow,
  type FlowGraph,
  type FlowNode,
  UnsupportedCapabilityError,
} from '@aiwork/core';
import type { FlowExporterUnderTest } from '../../contracts/flow-exporter/flow-exporter-under-test.ts';
import { listening } from '../careless.ts';
import type { Saboteur } from '../saboteur.ts';
import { telling } from '../telling.ts';
import { broken, given } from './broken.ts';

const unsupported = 'flow-exporter.refusals.unsupported';
const malformed = 'flow-exporter.refusals.malformed';

/** The flow with another graph. */
const withGraph = (flow: AnyFlow, change: (graph: FlowGraph) => Partial<FlowGraph>): AnyFlow => ({
  ...flow,
  toGraph: () => ({ ...flow.toGraph(), ...change(flow.toGraph()) }),
});

const nodesOf = (graph: FlowGraph): readonly FlowNode[] => (Array.isArray(graph.nodes) ? graph.nodes : []);

/** Exporters that take what they should refuse, or do not say what they refuse. */
export const refusalSaboteurs: readonly Saboteur<FlowExporterUnderTest>[] = [
  broken(
    {
      id: 'drops-rate-limits',
      breaks: 'Drops what plans do not have, without a word',
      caughtBy: [
        {
          check: unsupported,
          message: 'a flow with "rate-limit", which is declared unsupported, to be refused',
        },
      ],
    },
    ({ export: make }) =>
      (flow, options) =>
        make(flow, { ...options, approximate: true }),
  ),
  broken(
    {
      id: 'names-no-step',
      breaks: 'Does not say which step it refuses',
      caughtBy: [{ check: unsupported, message: 'the refusal of "race" to name with-race' }],
    },
    ({ export: make }) =>
      telling(make, () => ({ message: 'this flow has something that plans do not have' })),
  ),
  broken(
    {
      id: 'only-says-no',
      breaks: 'Refuses with an error that any mistake could be',
      caughtBy: [{ check: unsupported, message: 'to be refused with AIWORK_UNSUPPORTED_CAPABILITY' }],
    },
    ({ export: make }) =>
      async (flow, options) => {
        try {
          return await make(flow, options);
        } catch (error) {
          throw error instanceof UnsupportedCapabilityError ? new Error(error.message) : error;
        }
      },
  ),
  broken(
    {
      id: 'approximates-to-nothing',
      breaks: 'With approximate, leaves steps out that plans do not have',
      caughtBy: [
        {
          check: 'flow-exporter.refusals.approximated',
          message: 'how the steps of flow "with-race" differ',
        },
      ],
    },
    given((flow, { approximate }) =>
      approximate
        ? withGraph(flow, (graph) => {
            const nodes = graph.nodes.filter(({ kind }) => kind !== 'race');
            return { nodes, output: nodes.at(-1)?.id ?? graph.output };
          })
        : flow,
    ),
  ),
  broken(
    {
      id: 'cuts-circles',
      breaks: 'Leaves out the edge that closes a circle',
      caughtBy: [
        { check: malformed, message: 'a flow whose steps need each other in a circle to be refused' },
      ],
    },
    given((flow) =>
      withGraph(flow, (graph) => {
        const ids = nodesOf(graph).map(({ id }) => id);
        const isLater = (need: string, index: number) => ids.indexOf(need) >= index;
        const nodes = nodesOf(graph).map((node, index) => ({
          ...node,
          needs: Object.fromEntries(Object.entries(node.needs).filter(([, need]) => !isLater(need, index))),
        }));
        return { nodes };
      }),
    ),
  ),
  broken(
    {
      id: 'reads-any-format',
      breaks: 'Takes every format for the one that it knows',
      caughtBy: [{ check: malformed, message: 'a flow of another format to be refused' }],
    },
    given((flow) => withGraph(flow, () => ({ format: 1 }))),
  ),
  broken(
    {
      id: 'strips-controls',
      breaks: 'Leaves out characters that ids may not have',
      caughtBy: [{ check: malformed, message: 'a flow with a step whose id holds a zero to be refused' }],
    },
    given((flow) =>
      withGraph(flow, (graph) => ({
        ...(Array.isArray(graph.nodes) && {
          nodes: graph.nodes.map((node) => ({ ...node, id: node.id.replaceAll('\0', '') })),
          output: graph.output.replaceAll('\0', ''),
        }),
      })),
    ),
  ),
  broken(
    {
      id: 'takes-any-option',
      breaks: 'Takes no notice of options that it does not know',
      caughtBy: [
        { check: 'flow-exporter.refusals.options', message: 'the option noSuchOption to be refused' },
      ],
    },
    ({ export: make }) =>
      (flow, { signal, approximate } = {}) =>
        make(flow, { ...(signal && { signal }), ...(approximate && { approximate }) }),
  ),
  broken(
    {
      id: 'knows-no-file',
      breaks: 'Does not know the option file, which the command line gives every exporter',
      caughtBy: [{ check: 'flow-exporter.refusals.options', message: 'there is no option "file"' }],
    },
    ({ export: make }) =>
      async (flow, options) => {
        if (options?.file !== undefined)
          throw new AiworkError('AIWORK_INVALID_ARGUMENT', 'there is no option "file"');
        return make(flow, options);
      },
  ),
  broken(
    {
      id: 'does-not-say-which-option',
      breaks: 'Does not say which option it does not know',
      caughtBy: [{ check: 'flow-exporter.refusals.options', message: 'the refusal to name noSuchOption' }],
    },
    ({ export: make }) => telling(make, () => ({ message: 'there is an option that is not known' })),
  ),
  broken(
    {
      id: 'shows-the-graph',
      breaks: 'Keeps the graph in the cause of its errors',
      caughtBy: [{ check: 'flow-exporter.refusals.tells-nothing', message: 'no secret in any error' }],
    },
    ({ export: make }) => telling(make, (flow) => ({ cause: flow.toGraph() })),
  ),
  broken(
    {
      id: 'goes-on-after-abort',
      breaks: 'Takes no notice of a signal that was aborted',
      caughtBy: [
        {
          check: 'flow-exporter.ending.aborted-before',
          message: 'an export with an aborted signal to be refused',
        },
      ],
    },
    ({ export: make }) =>
      (flow, { signal: _, ...options } = {}) =>
        make(flow, options),
  ),
  broken(
    {
      id: 'forgets-why',
      breaks: 'Does not keep the reason of an abort',
      caughtBy: [
        { check: 'flow-exporter.ending.aborted-before', message: 'the reason of the signal as the cause' },
      ],
    },
    ({ export: make }) =>
      async (flow, options) => {
        if (options?.signal?.aborted) throw new AiworkError('AIWORK_CANCELLED', 'cancelled');
        return make(flow, options);
      },
  ),
  broken(
    {
      id: 'keeps-listening',
      breaks: 'Leaves its listener on the signal',
      caughtBy: [
        {
          check: 'flow-exporter.ending.no-listener-left',
          message: 'listeners left on the signal after export()',
        },
      ],
    },
    ({ export: make }) => listening(make),
  ),
  broken(
    {
      id: 'leaves-a-timer',
      breaks: 'Leaves a timer running',
      caughtBy: [
        { check: 'flow-exporter.ending.no-handle-left', message: 'handles that 8 exports left open' },
      ],
    },
    ({ export: make }) =>
      (flow, options) => {
        setTimeout(() => {}, 2000);
        return make(flow, options);
      },
  ),
];
