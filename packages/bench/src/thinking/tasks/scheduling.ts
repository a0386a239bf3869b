import type { CheckedTask } from './checked-task.ts';

interface Job {
  readonly name: string;
  readonly hours: number;
  readonly due: number;
}

/** Jobs for one machine. Several orders may be right, so that right answers need not be equal. */
export function schedulingTask(index: number, random: () => number): CheckedTask {
  for (;;) {
    const jobs = drawJobs(random);
    const orders = permutations(jobs);
    const right = orders.filter(isOnTime);
    // Neither without any choice nor with nothing to get wrong.
    if (right.length < 1 || right.length > 6) continue;
    const wrong = orders.filter((order) => !isOnTime(order)).slice(0, 6);
    return {
      id: `scheduling-${index}`,
      kind: 'scheduling',
      question: `One machine does these jobs one after the other, beginning at hour 0: ${jobs
        .map(({ name, hours, due }) => `${name} takes ${hours} hours and is due by hour ${due}`)
        .join('; ')}. In which order is none of them late? Answer with the letters, separated by commas.`,
      isRight(answer) {
        const names = answer.toUpperCase().match(/[A-Z]/g) ?? [];
        const order = names.flatMap((name) => jobs.find((job) => job.name === name) ?? []);
        return names.length === jobs.length && new Set(order).size === jobs.length && isOnTime(order);
      },
      known: { right: right.map(text), wrong: wrong.map(text) },
    };
  }
}

function drawJobs(random: () => number): readonly Job[] {
  const hours = Array.from('ABCD', () => 1 + Math.floor(random() * 6));
  const total = hours.reduce((sum, each) => sum + each, 0);
  return Array.from('ABCD', (name, i) => {
    const own = hours[i] ?? 1;
    return { name, hours: own, due: own + Math.floor(random() * (total - own + 1)) };
  });
}

const text = (order: readonly Job[]) => order.map(({ name }) => name).join(', ');

function isOnTime(order: readonly Job[]): boolean {
  let hour = 0;
  return order.every(({ hours, due }) => {
    hour += hours;
    return hour <= due;
  });
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((first, i) => permutations(items.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}
