import type { AnyFlow, FlowNode } from '@aiwork/core';
import type {
  FlowExport,
  FlowTool,
  Inspection,
  RunEnding,
  StepEnding,
  ToolRun,
  ToolTask,
} from '../../contracts/flow-exporter/flow-tool.ts';
import * as runnable from '../../contracts/flow-exporter/flows/runnable-flows.ts';
import type { Plan, PlanTask } from './plan.ts';
import { runAlone } from './run-alone.ts';

/** Reads plans and runs them, a task at a time. */
export const referenceTool: FlowTool = {
  async inspectAll(exports) {
    const folder = folderOf(exports);
    return exports.map((one) => inspect(one, folder));
  },
  async runAll(runs) {
    const folder = folderOf(runs);
    return Promise.all(runs.map((one) => run(one, folder)));
  },
};

/** What is exported stands in one place. */
const folderOf = (exports: readonly FlowExport[]) =>
  new Map(exports.flatMap(({ files }) => files.map(({ path, content }) => [path, content] as const)));

function read({ flow, files }: FlowExport, folder: ReadonlyMap<string, string>): Plan {
  const plans = files.map(({ path }) => JSON.parse(folder.get(path) ?? '') as Plan);
  const plan = plans.find((one) => one.flow === flow.id);
  if (!plan) throw new Error(`there is no plan of ${flow.id}`);
  return plan;
}

function inspect(made: FlowExport, folder: ReadonlyMap<string, string>): Inspection {
  try {
    return inspectPlan(read(made, folder), []);
  } catch (error) {
    return { refusal: String(error) };
  }
}

function inspectPlan({ tasks }: Plan, above: readonly string[]): Exclude<Inspection, { refusal: string }> {
  const names = new Set(tasks.map(({ name }) => name));
  if (names.size < tasks.length) throw new Error('two tasks have one name');
  const nameless = tasks.flatMap(({ after }) => after).find((name) => !names.has(name));
  if (nameless !== undefined) throw new Error(`there is no task ${nameless}`);
  const idOf = (name: string) => JSON.stringify([...above, name]);
  const seen: { tasks: ToolTask[]; edges: (readonly [string, string])[] } = { tasks: [], edges: [] };
  for (const { name, step, after, plan } of tasks) {
    const path = step === undefined ? undefined : [...above, step];
    seen.tasks.push({ id: idOf(name), ...(path && { step: path }) });
    seen.edges.push(...after.map((before) => [idOf(before), idOf(name)] as const));
    if (!plan || !path) continue;
    const inner = inspectPlan(plan, path);
    seen.tasks.push(...inner.tasks);
    seen.edges.push(...inner.edges);
  }
  return seen;
}

async function run(asked: ToolRun, folder: ReadonlyMap<string, string>): Promise<RunEnding> {
  const plan = read(asked, folder);
  const flow = Object.values(runnable).find(({ id }) => id === plan.flow) as AnyFlow;
  try {
    const { endings, failed } = await runPlan(plan, flow, asked.input);
    return { status: failed ? 'failed' : 'succeeded', steps: endings };
  } catch {
    return { status: 'failed', steps: new Map() };
  }
}

/** Runs tasks whose predecessors are over, until none is left; stops at a failure that nothing takes. */
async function runPlan(plan: Plan, flow: AnyFlow, input: unknown) {
  const endings = new Map<string, StepEnding>();
  const left = new Set(plan.tasks);
  const handled = ({ name, step }: PlanTask) =>
    doneBy(plan, name)?.onError === 'continue' ||
    plan.tasks.some(
      ({ after, name: next }) => after.includes(step ?? name) && doneBy(plan, next)?.kind === 'settle',
    );
  for (;;) {
    const next = [...left].find(({ after }) => after.every((name) => endings.has(name)));
    if (!next) return { endings, failed: false };
    left.delete(next);
    const node = doneBy(plan, next.name);
    const called = next.plan && calledBy(flow, node);
    const ending = node
      ? await runAlone({
          flow,
          node,
          input,
          endings,
          goesOn: (id) => doneBy(plan, id)?.onError === 'continue',
          ...(next.plan && called && { call: subFlow(next.plan, called) }),
        })
      : ({ status: 'skipped' } as const);
    endings.set(next.name, ending);
    if (ending.status === 'failed' && !handled(next)) return { endings, failed: true };
  }
}

function doneBy({ tasks }: Plan, name: string): FlowNode | undefined {
  const task = tasks.find((one) => one.name === name);
  if (task?.template === undefined) return task?.does;
  return JSON.parse(task.template.replaceAll(/\{\{.*?\}\}/g, '')) as FlowNode;
}

const calledBy = (flow: AnyFlow, node: FlowNode | undefined) =>
  node && 'unit' in node ? (flow.parts().units[`flow:${node.unit.id}`] as AnyFlow) : undefined;

/** What stands for a sub-flow: its plan. */
const subFlow = (plan: Plan, flow: AnyFlow) => async (input: unknown) => {
  const { endings, failed } = await runPlan(plan, flow, input);
  if (failed) throw new Error(`${flow.id} failed`);
  return endings.get(flow.toGraph().output)?.output;
};
