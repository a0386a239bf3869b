import type { AnyFlow } from '@aiwork/core';
import { edgesOf } from '@aiwork/core/adapter-kit';
import type { Expectations } from '../../engine/violation.ts';
import type { Inspection, ToolTask } from './flow-tool.ts';

type Edges = readonly (readonly [before: string, after: string])[];

/** Steps and the order between them, as the tool has them or as the flow says. */
interface Structure {
  readonly steps: readonly string[];
  readonly edges: Edges;
}

/**
 * What the tool has has to be the flow: a task or more for each step and for nothing else, an edge for each need, and
 * between steps no other edge but those that follow from these. A task that belongs to no step only stands for the order
 * between those before and behind it. What a step calls is compared by the same rule, where the tool shows it.
 */
export function sameStructure(t: Expectations, flow: AnyFlow, inspection: Inspection): void {
  const what = `flow ${JSON.stringify(flow.id)}`;
  t.that(
    !('refusal' in inspection),
    `the tool to take ${what}`,
    'refusal' in inspection && inspection.refusal,
  );
  if ('refusal' in inspection) return;
  const { tasks } = inspection;
  const edges = withoutControl(tasks, inspection.edges);
  const paths = new Map(tasks.flatMap(({ id, step }) => (step ? [[id, step] as const] : [])));
  compare(flow, []);

  function compare(part: AnyFlow, prefix: readonly string[]): void {
    const seen = levelOf(paths, edges, prefix);
    // A tool that runs the sub-flow as a whole does not show what is in it.
    if (prefix.length > 0 && seen.steps.length === 0) return;
    const { nodes } = part.toGraph();
    const expected = {
      steps: nodes.map(({ id }) => id),
      edges: nodes.flatMap((node) => edgesOf(node).map((id) => [id, node.id] as const)),
    };
    const where = prefix.length === 0 ? what : `${what}, in step ${JSON.stringify(prefix.join('/'))}`;
    const difference = differenceOf(expected, seen);
    t.same(difference.steps, { missing: [], unknown: [] }, `how the steps of ${where} differ in the tool`);
    t.same(difference.edges, { missing: [], unknown: [] }, `how the edges of ${where} differ in the tool`);
    for (const node of nodes) {
      const called =
        'unit' in node && node.unit.kind === 'flow' && part.parts().units[`flow:${node.unit.id}`];
      if (called) compare(called as AnyFlow, [...prefix, node.id]);
    }
  }
}

/** The edges between tasks of steps, also those that lead over tasks that belong to none. */
function withoutControl(tasks: readonly ToolTask[], edges: Edges): Edges {
  const control = new Set(tasks.flatMap(({ id, step }) => (step ? [] : [id])));
  const after = successors(edges);
  return [...after].flatMap(([before, next]) =>
    control.has(before)
      ? []
      : [...reach(next, (id) => (control.has(id) ? after.get(id) : undefined))].flatMap((id) =>
          control.has(id) ? [] : [[before, id] as const],
        ),
  );
}

/** What the tool has of the flow that stands at `prefix`. */
function levelOf(
  paths: ReadonlyMap<string, readonly string[]>,
  edges: Edges,
  prefix: readonly string[],
): Structure {
  const stepAt = (task: string): string | undefined => {
    const path = paths.get(task) ?? [];
    return prefix.every((part, index) => path[index] === part) ? path[prefix.length] : undefined;
  };
  const steps = new Set([...paths.keys()].flatMap((task) => stepAt(task) ?? []));
  const between = edges.flatMap(([before, after]) => {
    const [from, to] = [stepAt(before), stepAt(after)];
    return from === undefined || to === undefined || from === to ? [] : [[from, to] as const];
  });
  return { steps: [...steps], edges: between };
}

function differenceOf(expected: Structure, seen: Structure) {
  const follow = new Map<string, ReadonlySet<string>>();
  const after = successors(expected.edges);
  const follows = ([before, to]: Edges[number]) => {
    if (!follow.has(before))
      follow.set(
        before,
        reach(after.get(before) ?? [], (id) => after.get(id)),
      );
    return follow.get(before)?.has(to) === true;
  };
  const seenAfter = successors(seen.edges);
  return {
    steps: {
      missing: expected.steps.filter((id) => !seen.steps.includes(id)),
      unknown: seen.steps.filter((id) => !expected.steps.includes(id)),
    },
    edges: {
      missing: expected.edges.filter(([before, to]) => !seenAfter.get(before)?.has(to)),
      unknown: seen.edges.filter((edge) => !follows(edge)),
    },
  };
}

function successors(edges: Edges): ReadonlyMap<string, ReadonlySet<string>> {
  const after = new Map<string, Set<string>>();
  for (const [before, to] of edges) {
    const known = after.get(before);
    if (known) known.add(to);
    else after.set(before, new Set([to]));
  }
  return after;
}

/** Everything that is reached from `start`, which is part of it. */
function reach(
  start: Iterable<string>,
  next: (id: string) => Iterable<string> | undefined,
): ReadonlySet<string> {
  const reached = new Set<string>(start);
  // A set gives what is added while it is walked.
  for (const id of reached) for (const further of next(id) ?? []) reached.add(further);
  return reached;
}
