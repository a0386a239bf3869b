import type { ThinkingUsage } from '../budget/thinking-budget.ts';
import type { Score } from '../candidate.ts';
import type { StopReason, ThinkingEvent } from '../thinking-event.ts';

/** An alternative, as far as it has come. @since 0.1.0 */
export interface ThoughtNode {
  readonly id: string;
  readonly round: number;
  readonly parents: readonly string[];
  readonly state: 'asked' | 'proposed' | 'lost';
  readonly text?: string;
  readonly answer?: string;
  /** Why it was lost. */
  readonly reason?: string;
  /** The last one. */
  readonly score?: Score;
  readonly critique?: string;
  /** Why it was kept, when it was. */
  readonly kept?: string;
}

/** A round, with its alternatives in the order they were asked for. @since 0.1.0 */
export interface ThoughtRound {
  readonly round: number;
  readonly why: string;
  readonly nodes: readonly ThoughtNode[];
}

/** Thinking as it stands: what its events so far come to. @since 0.1.0 */
export interface ThoughtTree {
  readonly question: string;
  readonly strategy: string;
  readonly model: string;
  readonly rounds: readonly ThoughtRound[];
  /** Id of the alternative that is the answer so far. */
  readonly best?: string;
  /** The limit of the budget that a call did not fit into. */
  readonly refused?: string;
  readonly finished?: {
    readonly answer: string;
    readonly stopped: StopReason;
    readonly usage: ThinkingUsage;
  };
}

/** Thinking of which nothing is known yet. @since 0.1.0 */
export const noThoughts: ThoughtTree = { question: '', strategy: '', model: '', rounds: [] };

/**
 * What a tree becomes by the next event. Needs nothing of Node, so that a page can use it as it is.
 *
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { growTree, noThoughts, sampling, think } from '@aiwork/thinking';
 *
 * let tree = noThoughts;
 * await think('2 + 2?', {
 *   model: scriptedChatModel(['Answer: 4']),
 *   strategy: sampling(),
 *   onEvent: (event) => {
 *     tree = growTree(tree, event);
 *   },
 * });
 * console.log(tree.best, tree.rounds[0]?.nodes[0]?.answer); // 1.1 4
 * ```
 * @since 0.1.0
 */
export function growTree(tree: ThoughtTree, event: ThinkingEvent): ThoughtTree {
  switch (event.type) {
    case 'thinking.started':
      // From its beginning again, as after a restart.
      return { ...noThoughts, question: event.question, strategy: event.strategy, model: event.model };
    case 'round.started':
      return { ...tree, rounds: [...tree.rounds, { round: event.round, why: event.why, nodes: [] }] };
    case 'alternative.started': {
      const { id, round, parents } = event;
      return withNodes(tree, round, (nodes) => [...nodes, { id, round, parents, state: 'asked' }]);
    }
    case 'alternative.proposed':
      return withNode(tree, event.id, { state: 'proposed', text: event.text, answer: event.answer });
    case 'alternative.lost':
      return withNode(tree, event.id, { state: 'lost', reason: event.reason });
    case 'alternative.criticised':
      return withNode(tree, event.id, { critique: event.critique });
    case 'alternatives.scored':
      return event.scores.reduce((grown, score) => withNode(grown, score.id, { score }), tree);
    case 'alternative.kept':
      return { ...withNode(tree, event.id, { kept: event.why }), best: event.id };
    case 'budget.refused':
      return { ...tree, refused: event.limit };
    case 'thinking.finished': {
      const { id, answer, stopped, usage } = event;
      return { ...tree, best: id, finished: { answer, stopped, usage } };
    }
    default:
      return tree;
  }
}

function withNodes(
  tree: ThoughtTree,
  round: number,
  change: (nodes: readonly ThoughtNode[]) => readonly ThoughtNode[],
): ThoughtTree {
  const rounds = tree.rounds.map((each) =>
    each.round === round ? { ...each, nodes: change(each.nodes) } : each,
  );
  return { ...tree, rounds };
}

function withNode(tree: ThoughtTree, id: string, facts: Partial<ThoughtNode>): ThoughtTree {
  const round = Number(id.split('.')[0]);
  return withNodes(tree, round, (nodes) =>
    nodes.map((node) => (node.id === id ? { ...node, ...facts } : node)),
  );
}
