import type { AnyFlow, ExportOptions, FlowExporter } from '@aiwork/core';
import type { FlowExporterUnderTest } from '../../contracts/flow-exporter/flow-exporter-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { inClients } from '../saboteur.ts';
import type { Plan, PlanTask } from './plan.ts';

type FlowExporterSaboteur = Saboteur<FlowExporterUnderTest>;

/** The mistake is in the exporter. A saboteur is shown to the checks alone that it names: some of them take time. */
export function broken(
  about: Pick<FlowExporterSaboteur, 'id' | 'breaks' | 'caughtBy'>,
  breakIt: (exporter: FlowExporter) => FlowExporter['export'],
): FlowExporterSaboteur {
  return {
    ...about,
    onlyNamed: true,
    sabotage: inClients(({ exporter }) => ({ exporter: { ...exporter, export: breakIt(exporter) } })),
  };
}

/** The exporter writes another plan. */
export const editing = (edit: (plan: Plan) => Plan) =>
  writing((content) => JSON.stringify(edit(JSON.parse(content) as Plan)));

/** The exporter writes other tasks. */
export const editingTasks = (edit: (task: PlanTask, index: number, plan: Plan) => PlanTask) =>
  editing((plan) => ({ ...plan, tasks: plan.tasks.map((task, index) => edit(task, index, plan)) }));

/** The exporter writes another text. */
export const writing =
  (write: (content: string, flow: AnyFlow) => string) =>
  ({ export: make }: FlowExporter): FlowExporter['export'] =>
  async (flow: AnyFlow, options) =>
    (await make(flow, options)).map(({ path, content }) => ({ path, content: write(content, flow) }));

/** The exporter chooses other paths. */
export const placing =
  (place: (flowId: string) => string) =>
  ({ export: make }: FlowExporter): FlowExporter['export'] =>
  async (flow, options) =>
    (await make(flow, options)).map((file) => ({ ...file, path: place(flow.id) }));

/** The exporter is given another flow. */
export const given =
  (change: (flow: AnyFlow, options: ExportOptions) => AnyFlow) =>
  ({ export: make }: FlowExporter): FlowExporter['export'] =>
  (flow: AnyFlow, options = {}) =>
    make(change(flow, options), options);
