import type { ThinkingEvent, ThoughtTree } from '@aiwork/thinking';
import { logLine } from '../progress/log-line.ts';
import type { ProgressView } from '../progress/view.ts';
import { liveRegion } from '../terminal/live-region.ts';
import { oneLine } from '../terminal/one-line.ts';
import { type Paint, paintFor } from '../terminal/style.ts';
import type { ThinkingPackage } from './thinking-package.ts';
import { treeLines } from './tree-lines.ts';

/** Ten pictures a second at most. */
const frameMs = 100;

type Thinking = Pick<ThinkingPackage, 'growTree' | 'noThoughts' | 'thinkingEventName'>;

/** The tree of a run that thinks, redrawn in place. */
export function liveThoughts(stream: NodeJS.WriteStream, thinking: Thinking): ProgressView {
  const region = liveRegion(stream);
  const paint = paintFor(stream);
  let tree: ThoughtTree = thinking.noThoughts;
  let frame = 0;
  const draw = () => {
    region.draw(treeLines(tree, { paint, height: region.height, frame }));
    frame += 1;
  };
  const timer = setInterval(draw, frameMs);
  timer.unref();
  const print = (line: string) => stream.write(`${line}\n`);
  return {
    event(event) {
      const thought = thoughtIn(event, thinking);
      if (thought) tree = thinking.growTree(tree, thought);
      else if (event.type === 'log') print(logLine(event, paint));
    },
    note: print,
    end() {
      clearInterval(timer);
      draw();
      region.end();
    },
  };
}

/** A line for each thing that happens: for pipes, files and the logs of build servers. */
export function thoughtLines(stream: NodeJS.WriteStream, thinking: Thinking): ProgressView {
  const paint = paintFor(stream);
  return {
    event(event) {
      const thought = thoughtIn(event, thinking);
      const line = thought
        ? lineFor(thought, paint)
        : event.type === 'log'
          ? logLine(event, paint)
          : undefined;
      if (line !== undefined) stream.write(`${line}\n`);
    },
    note: (text) => stream.write(`${text}\n`),
    end: () => {},
  };
}

function thoughtIn(
  event: Parameters<ProgressView['event']>[0],
  { thinkingEventName }: Thinking,
): ThinkingEvent | undefined {
  if (event.type !== 'emitted' || event.name !== thinkingEventName) return undefined;
  return event.data as ThinkingEvent;
}

function lineFor(event: ThinkingEvent, paint: Paint): string | undefined {
  switch (event.type) {
    case 'thinking.started':
      return `${paint('cyan', '●')} ${event.strategy} with ${oneLine(event.model)}`;
    case 'round.started':
      return `${paint('cyan', '●')} round ${event.round}: ${oneLine(event.why)}`;
    case 'alternative.proposed':
      return `${paint('dim', '·')} ${event.id} ${oneLine(event.answer)}`;
    case 'alternative.lost':
      return `${paint('red', '✖')} ${event.id} lost: ${oneLine(event.reason)}`;
    case 'question.lost':
      return `${paint('yellow', '✖')} ${event.id} did not answer: ${oneLine(event.reason)}`;
    case 'alternative.criticised':
      return `${paint('magenta', '◆')} ${event.id} criticised: ${oneLine(event.critique)}`;
    case 'alternatives.scored': {
      const scores = event.scores.map(({ id, score }) => `${id} ${score.toFixed(2)}`).join(', ');
      return `${paint('magenta', '◆')} ${oneLine(event.by)}: ${scores}`;
    }
    case 'alternative.kept':
      return `${paint('green', '★')} ${event.id} kept: ${oneLine(event.why)}`;
    case 'budget.refused':
      return `${paint('yellow', '■')} the budget is used up: ${event.limit}`;
    default:
      return undefined;
  }
}
