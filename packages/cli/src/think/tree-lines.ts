import type { ThoughtNode, ThoughtTree } from '@aiwork/thinking';
import { oneLine } from '../terminal/one-line.ts';
import type { Paint } from '../terminal/style.ts';

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export interface TreeLinesOptions {
  readonly paint: Paint;
  /** Lines there is room for. */
  readonly height: number;
  /** The picture of the spinners; without it they stand still. */
  readonly frame?: number | undefined;
}

/** Thinking in at most `height` lines: when there is less room, the last rounds are shown. */
export function treeLines(tree: ThoughtTree, { paint, height, frame }: TreeLinesOptions): string[] {
  if (tree.strategy === '') return [];
  const head = paint('dim', `${tree.strategy} with ${oneLine(tree.model)}`);
  const rounds = tree.rounds.flatMap(({ round, why, nodes }) => [
    paint('bold', `Round ${round}: ${oneLine(why)}`),
    ...nodes.map((node) => nodeLine(node, tree.best, paint, frame)),
  ]);
  const foot = [
    ...(tree.refused === undefined ? [] : [paint('yellow', `the budget is used up: ${tree.refused}`)]),
    ...(tree.finished ? [paint('dim', usageLine(tree.finished))] : []),
  ];
  const room = Math.max(1, height - 1 - foot.length);
  const shown =
    rounds.length <= room
      ? rounds
      : [
          paint('dim', `… ${rounds.length - room + 1} lines before`),
          ...rounds.slice(rounds.length - room + 1),
        ];
  return [head, ...shown, ...foot].slice(-height);
}

function nodeLine(
  { id, state, parents, answer = '', reason = '', score, kept }: ThoughtNode,
  best: string | undefined,
  paint: Paint,
  frame = 0,
): string {
  const from = parents.length > 0 ? paint('dim', ` ← ${parents.join(', ')}`) : '';
  if (state === 'asked') return `  ${paint('cyan', spinner[frame % spinner.length] ?? '')} ${id}${from}`;
  if (state === 'lost')
    return `  ${paint('red', '✖')} ${id}${from} ${paint('dim', `lost: ${oneLine(reason)}`)}`;
  const isBest = id === best;
  const facts = [
    ...(score ? [paint('dim', score.score.toFixed(2))] : []),
    ...(isBest && kept !== undefined ? [paint('green', `★ ${oneLine(kept)}`)] : []),
  ];
  const text = isBest ? paint('bold', oneLine(answer)) : oneLine(answer);
  return [`  ${paint(isBest ? 'green' : 'dim', isBest ? '✔' : '·')} ${id}${from} ${text}`, ...facts].join(
    '  ',
  );
}

/** How thinking ended, and what it used. */
export function usageLine({
  stopped,
  usage,
}: Pick<NonNullable<ThoughtTree['finished']>, 'stopped' | 'usage'>): string {
  const { modelCalls, inputTokens, outputTokens, cost } = usage;
  const tokens = (inputTokens + outputTokens).toLocaleString('en');
  return [
    stopped,
    `${modelCalls} calls`,
    `${tokens} tokens`,
    ...(cost > 0 ? [`$${cost.toFixed(4)}`] : []),
  ].join(' · ');
}
