import type { FlowExporterUnderTest } from '../../contracts/flow-exporter/flow-exporter-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken, editing, editingTasks, writing } from './broken.ts';

/** Exporters that lose steps and the order between them. */
export const structureSaboteurs: readonly Saboteur<FlowExporterUnderTest>[] = [
  broken(
    {
      id: 'ends-with-a-comma',
      breaks: 'Leaves a comma behind the last task, which no reader of plans takes',
      caughtBy: [
        { check: 'flow-exporter.structure.features', message: 'the tool to take flow "with-call"' },
        { check: 'flow-exporter.refusals.approximated', message: 'the tool to take flow "with-rate-limit"' },
      ],
    },
    writing((content) => content.replace(/\]\}$/, ',]}')),
  ),
  broken(
    {
      id: 'forgets-to-sleep',
      breaks: 'Leaves out steps that only wait',
      caughtBy: [
        { check: 'flow-exporter.structure.features', message: 'the steps of flow "with-sleep" differ' },
      ],
    },
    editing((plan) => ({ ...plan, tasks: plan.tasks.filter(({ does }) => does?.kind !== 'sleep') })),
  ),
  broken(
    {
      id: 'adds-a-start',
      breaks: 'Says of a task of its own that it is a step',
      caughtBy: [
        { check: 'flow-exporter.structure.features', message: 'the steps of flow "with-call" differ' },
      ],
    },
    editing((plan) => ({ ...plan, tasks: [...plan.tasks, { name: 'start', step: 'start', after: [] }] })),
  ),
  broken(
    {
      id: 'sub-flow-without-order',
      breaks: 'Starts everything in a sub-flow at once',
      caughtBy: [
        {
          check: 'flow-exporter.structure.features',
          message: 'the edges of flow "with-sub-flow", in step "the-step" differ',
        },
      ],
    },
    editingTasks((task) =>
      task.plan
        ? { ...task, plan: { ...task.plan, tasks: task.plan.tasks.map((own) => ({ ...own, after: [] })) } }
        : task,
    ),
  ),
  broken(
    {
      id: 'needs-by-name-only',
      breaks: 'Looks at needs, and not at what inputs refer to',
      caughtBy: [
        { check: 'flow-exporter.structure.random', message: 'how the edges of flow "random-' },
        { check: 'flow-exporter.structure.features', message: 'the edges of flow "with-call" differ' },
      ],
    },
    editingTasks((task) => {
      const named = Object.values(task.does?.needs ?? {});
      return { ...task, after: task.after.filter((name) => named.includes(name)) };
    }),
  ),
  broken(
    {
      id: 'one-need-each',
      breaks: 'Keeps one predecessor of each task',
      caughtBy: [{ check: 'flow-exporter.structure.random', message: 'how the edges of flow "random-' }],
    },
    editingTasks((task) => ({ ...task, after: task.after.slice(0, 1) })),
  ),
  broken(
    {
      id: 'one-after-the-other',
      breaks: 'Puts all tasks in a row',
      caughtBy: [{ check: 'flow-exporter.structure.random', message: 'unknown: [ [' }],
    },
    editingTasks((task, index, plan) => {
      const before = plan.tasks[index - 1]?.name;
      return { ...task, after: before === undefined ? [] : [...new Set([...task.after, before])] };
    }),
  ),
  broken(
    {
      id: 'first-page-of-steps',
      breaks: 'Writes 500 tasks and no more',
      caughtBy: [
        { check: 'flow-exporter.structure.large', message: 'the steps of flow "a thousand steps" differ' },
      ],
    },
    editing((plan) => ({ ...plan, tasks: plan.tasks.slice(0, 500) })),
  ),
];
