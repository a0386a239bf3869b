import type { DecisionReplay, ReplayedDecision } from '@aiwork/guardrails';
import { oneLine } from '../terminal/one-line.ts';
import type { Paint, Style } from '../terminal/style.ts';

/** What became of the decisions of a run, for people. */
export function printReplay(
  runId: string,
  { texts, decisions }: DecisionReplay,
  paint: Paint,
): readonly string[] {
  const differing = decisions.filter(({ change }) => change !== 'none').length;
  const facts = [count(texts, 'text'), count(decisions.length, 'decision'), `${differing} not the same`];
  return [
    `${paint('bold', oneLine(runId))}: ${facts.join(', ')}`,
    ...decisions.flatMap((decision) => linesOf(decision, paint)),
  ];
}

const marks: Readonly<Record<ReplayedDecision['change'], readonly [mark: string, style: Style]>> = {
  none: ['=', 'dim'],
  reason: ['≠', 'yellow'],
  action: ['≠', 'red'],
  unknown: ['?', 'yellow'],
};

function linesOf(decision: ReplayedDecision, paint: Paint): readonly string[] {
  const { stepId, guardrail, recorded, now, change, afterChange, text } = decision;
  const [mark, style] = marks[change];
  const actions = recorded.action === now.action ? now.action : `${recorded.action} → ${now.action}`;
  const after = afterChange ? paint('dim', ' (after)') : '';
  const reasons =
    change === 'none'
      ? [['why', now.reason]]
      : [
          ['was', recorded.reason],
          ['now', now.reason],
        ];
  const details = [...reasons, ['text', text]].flatMap(([name, value]) =>
    value === undefined ? [] : [`    ${paint('dim', `${name}:`)} ${oneLine(value)}`],
  );
  const what = `${oneLine(stepId)}, ${placeOf(decision)}: ${oneLine(guardrail)} ${actions}`;
  return [`${paint(style, mark)} ${what}${after}`, ...details];
}

function placeOf({ stage, turn, message, call, tool }: ReplayedDecision): string {
  if (stage === 'input') return message === undefined ? 'input' : `input, message ${message}`;
  const which = call === undefined ? '' : ` ${call}${tool === undefined ? '' : ` (${oneLine(tool)})`}`;
  return `turn ${turn}, ${stage}${which}`;
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
