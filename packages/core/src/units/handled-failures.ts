import type { FlowNode } from '../flow-graph.ts';

/**
 * Whether a run goes on when a step fails, for each of `nodes`: the step says `onError: 'continue'`, or every step that
 * needs it is a settle or race, or is itself handled. `dependents` holds the indices of those that need each.
 *
 * @example
 * ```ts
 * import { defineFlow } from '@aiwork/core';
 * import { handledFailures } from '@aiwork/core/adapter-kit';
 * import { z } from 'zod';
 *
 * const flow = defineFlow({ id: 'probe', input: z.object({}) }, (f) => {
 *   const ping = f.step('ping', { run: () => 'pong' });
 *   return f.settle('report', { needs: { ping }, run: ({ ping }) => ping.status });
 * });
 * console.log(handledFailures(flow.toGraph().nodes, [[1], []])); // [ true, false ]
 * ```
 * @since 0.1.0
 */
// Dependents come later in any topological order, so asking for theirs ends.
export function handledFailures(
  nodes: readonly FlowNode[],
  dependents: readonly (readonly number[])[],
): readonly boolean[] {
  const handled: (boolean | undefined)[] = nodes.map((node) =>
    node.onError === 'continue' ? true : undefined,
  );
  for (let i = 0; i < nodes.length; i++) {
    const open = [i];
    while (open.length > 0) {
      const at = open[open.length - 1] as number;
      const next = handled[at] === undefined ? nextUndecided(at, nodes, dependents, handled) : undefined;
      if (next !== undefined) {
        open.push(next);
        continue;
      }
      open.pop();
      handled[at] ??=
        (dependents[at] as number[]).length > 0 &&
        (dependents[at] as number[]).every((d) => takes(nodes, d) || handled[d]);
    }
  }
  return handled as boolean[];
}

const takes = (nodes: readonly FlowNode[], i: number) =>
  nodes[i]?.kind === 'settle' || nodes[i]?.kind === 'race';

function nextUndecided(
  at: number,
  nodes: readonly FlowNode[],
  dependents: readonly (readonly number[])[],
  handled: readonly (boolean | undefined)[],
): number | undefined {
  return (dependents[at] as readonly number[]).find((d) => !takes(nodes, d) && handled[d] === undefined);
}
