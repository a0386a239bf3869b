import type { CheckedTask } from './checked-task.ts';

interface Step {
  readonly words: string;
  apply(value: number): number;
}

/** Puzzles of several steps; the wrong answers leave one out, or slip by a little. */
export function arithmeticTask(index: number, random: () => number): CheckedTask {
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  const start = between(12, 60);
  const steps: readonly Step[] = Array.from({ length: between(3, 5) }, () => drawStep(between));
  const walk = (taken: readonly Step[]) => taken.reduce((value, step) => step.apply(value), start);
  const right = walk(steps);
  const slips = steps.map((_, left) => walk(steps.filter((_, i) => i !== left)));
  const wrong = new Set([...slips, right + 10, right - 1]);
  wrong.delete(right);
  return {
    id: `arithmetic-${index}`,
    kind: 'arithmetic',
    question: `Begin with ${start}. Then ${steps.map(({ words }) => words).join(', then ')}. What is the result, as a whole number?`,
    isRight: (answer) => Number(answer.replaceAll(',', '').replace(/\.$/, '')) === right,
    known: { right: [String(right)], wrong: [...wrong].map(String) },
  };
}

function drawStep(between: (least: number, most: number) => number): Step {
  const by = between(3, 19);
  const kinds: readonly Step[] = [
    { words: `add ${by * 3}`, apply: (value) => value + by * 3 },
    { words: `subtract ${by}`, apply: (value) => value - by },
    { words: `multiply by ${by}`, apply: (value) => value * by },
    {
      words: `take the remainder of a division by ${by + 84}`,
      apply: (value) => ((value % (by + 84)) + by + 84) % (by + 84),
    },
  ];
  return kinds[between(0, kinds.length - 1)] as Step;
}
