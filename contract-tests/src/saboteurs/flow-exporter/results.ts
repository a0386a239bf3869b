import type { Binding, FlowNode } from '@aiwork/core';
import type { FlowExporterUnderTest } from '../../contracts/flow-exporter/flow-exporter-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken, editingTasks } from './broken.ts';

const doing = (change: (node: FlowNode) => FlowNode) =>
  editingTasks(({ does, ...task }) => ({ ...task, ...(does && { does: change(does) }) }));

/** Another constant or reference wherever there is one. */
function rebound(binding: Binding, change: (leaf: Binding) => Binding): Binding {
  if ('list' in binding) return { list: binding.list.map((item) => rebound(item, change)) };
  if (!('fields' in binding)) return change(binding);
  const fields = Object.entries(binding.fields).map(([key, item]) => [key, rebound(item, change)] as const);
  return { fields: Object.fromEntries(fields) };
}

const bound = (change: (leaf: Binding) => Binding) =>
  doing((node) => (node.kind === 'call' ? { ...node, input: rebound(node.input, change) } : node));

/** Another value in the place of each constant, or part of one, that is no list and no object. */
const constantsChanged = (change: (value: unknown) => unknown) =>
  bound((leaf) => {
    if (!('value' in leaf)) return leaf;
    const isLeaf = (value: unknown) => typeof value !== 'object' || value === null;
    const text = JSON.stringify(leaf.value, (_, value) => (isLeaf(value) ? change(value) : value));
    return { value: JSON.parse(text) };
  });

const textsChanged = (change: (text: string) => string) =>
  constantsChanged((value) => (typeof value === 'string' ? change(value) : value));

/** Exporters whose flows do something else. */
export const resultSaboteurs: readonly Saboteur<FlowExporterUnderTest>[] = [
  broken(
    {
      id: 'whole-outputs',
      breaks: 'Hands on whole outputs where a place in one is referred to',
      caughtBy: [{ check: 'flow-exporter.results.data', message: 'what step "right" of flow "fan" gave' }],
    },
    bound((leaf) => ('ref' in leaf ? { ref: { ...leaf.ref, path: [] } } : leaf)),
  ),
  broken(
    {
      id: 'stops-loops-early',
      breaks: 'Does one round of every loop',
      caughtBy: [{ check: 'flow-exporter.results.data', message: 'how step "grow" of flow "looping" ended' }],
    },
    doing((node) => (node.kind === 'loop' ? { ...node, maxRounds: 1 } : node)),
  ),
  broken(
    {
      id: 'fills-in-templates',
      breaks: 'Writes tasks where the tool looks for places to fill in',
      caughtBy: [
        { check: 'flow-exporter.results.texts', message: 'what step "called" of flow "constant" gave' },
      ],
    },
    editingTasks(({ does, ...task }) => ({ ...task, template: JSON.stringify(does) })),
  ),
  broken(
    {
      id: 'trims-texts',
      breaks: 'Trims constants',
      caughtBy: [
        { check: 'flow-exporter.results.texts', message: 'what step "called" of flow "constant" gave' },
      ],
    },
    textsChanged((text) => text.trim()),
  ),
  broken(
    {
      id: 'composes-accents',
      breaks: 'Writes constants in another normal form',
      caughtBy: [
        { check: 'flow-exporter.results.texts', message: 'what step "called" of flow "constant" gave' },
      ],
    },
    textsChanged((text) => text.normalize('NFC')),
  ),
  broken(
    {
      id: 'thirty-two-bits',
      breaks: 'Writes whole numbers of 32 bits',
      caughtBy: [
        { check: 'flow-exporter.results.texts', message: 'what step "called" of flow "constant" gave' },
      ],
    },
    constantsChanged((value) => (Number.isInteger(value) ? Number(value) | 0 : value)),
  ),
  broken(
    {
      id: 'drops-conditions',
      breaks: 'Drops when',
      caughtBy: [
        { check: 'flow-exporter.results.skips', message: 'how step "high" of flow "skipping" ended' },
      ],
    },
    doing(({ when: _, ...node }) => node as FlowNode),
  ),
  broken(
    {
      id: 'drops-retries',
      breaks: 'Drops retries',
      caughtBy: [
        { check: 'flow-exporter.results.failures', message: 'how step "third" of flow "trying" ended' },
      ],
    },
    doing(({ policy: _, ...node }) => node as FlowNode),
  ),
  broken(
    {
      id: 'fails-for-good',
      breaks: 'Lets every failure end the run',
      caughtBy: [
        { check: 'flow-exporter.results.failures', message: 'step "works" of flow "going-on" ended' },
      ],
    },
    doing(({ onError: _, ...node }) => node as FlowNode),
  ),
  broken(
    {
      id: 'goes-on-after-failures',
      breaks: 'Goes on behind every failure',
      caughtBy: [
        {
          check: 'flow-exporter.results.failures',
          message: 'step "never" of flow "failing" not to be run, as it is not here',
        },
      ],
    },
    doing((node) => ({ ...node, onError: 'continue' })),
  ),
];
