import { packageVersions } from '../package-version.ts';
import { randomNumbers } from '../random-numbers.ts';
import { type Findings, joined, type Report, report } from '../report.ts';
import { type Comparison, compare } from './compare.ts';
import { defaultTarget } from './default-target.ts';
import { type OverheadEffort, overhead } from './overhead.ts';
import { profiles } from './profiles.ts';
import { configuredModel } from './real-model.ts';
import { simulatedModel } from './simulated-model.ts';
import { arithmeticTask } from './tasks/arithmetic.ts';
import { type CheckedTask, requireSound } from './tasks/checked-task.ts';
import { codeTasks } from './tasks/code.ts';
import { schedulingTask } from './tasks/scheduling.ts';

export interface ThinkingBench {
  /** Of arithmetic and of scheduling, each. */
  readonly tasksOfAKind: number;
  readonly trials: number;
  readonly profiles: readonly (keyof typeof profiles)[];
  readonly overhead: OverheadEffort;
  /** A module whose default export is a chat model, to be measured beside the simulated ones. */
  readonly model?: string;
}

export const fullThinkingBench: Omit<ThinkingBench, 'model'> = {
  tasksOfAKind: 57,
  trials: 10,
  profiles: ['a poor judge', 'a fair judge', 'a good judge'],
  overhead: { rounds: 50, repeats: 41 },
};

const difficulties = 3;
const seed = 20_261_121;

const notes = [
  'The models of the first tables are **simulated**: no language model was asked. A simulated model answers from a list of right and wrong answers with the error rates that are stated, so that what is compared is what strategies make of such rates. Rates of real models differ from task to task: measure yours, with `bench:thinking --model FILE`.',
  `A third of the questions each is easy, middling and hard: an answer is right with the probabilities ${Object.values(profiles)[0]?.right.join(', ')}. Of wrong answers, ${profiles['a fair judge'].commonSlip} are the same one. An answer that is shown others follows one of them with ${profiles['a fair judge'].follows}. Between right and wrong ones it follows, or judges the best, a right one with ${profiles['a poor judge'].discerns} (poor), ${profiles['a fair judge'].discerns} (fair) or ${profiles['a good judge'].discerns} (good). A judge names what stands first, whatever it is, with ${profiles['a fair judge'].prefersFirst}. A critic approves of a right answer with ${profiles['a fair judge'].approves.right}, of a wrong one with ${profiles['a fair judge'].approves.wrong}. Tokens are counted as real prompts have them, with reasons of 200 tokens behind an answer.`,
  'Arithmetic puzzles are checked by their result, schedules by going through them, functions by their tests in a process that may do nothing else. The known right and wrong answers are checked before anything is measured.',
  'Intervals are of 95 %, over tasks. `against … at the same tokens` is the gain in accuracy over that baseline at the mean tokens of the strategy, between its two nearest sizes; beyond 24 samples a baseline gains no more. Plain sampling cannot spend more than one sample.',
  'A strategy wins where it is surely more often right than plain sampling, and not surely less often than a baseline at the same tokens, by the ends of the intervals. `think` without a strategy does the cheapest that wins everywhere. Defaults of options were chosen with other tasks and seeds than those measured here.',
];

/** What strategies bring for their tokens, on tasks whose answers a program checks. */
export async function benchThinking(
  bench: ThinkingBench = fullThinkingBench,
  folder?: string,
): Promise<Report> {
  return report(
    'thinking',
    packageVersions(['@aiwork/thinking']),
    async () => {
      const tasks = makeTasks(bench.tasksOfAKind);
      await Promise.all(tasks.map(requireSound));
      const parts: Comparison[] = [];
      for (const profile of bench.profiles) {
        const rates = profiles[profile];
        const options = {
          tasks,
          trials: bench.trials,
          modelOf: (task: CheckedTask, index: number, trial: number) =>
            simulatedModel({
              task,
              rates,
              difficulty: index % difficulties,
              seed: seed + index * 1009 + trial,
            }),
        };
        parts.push(await compare(`simulated model, ${profile}`, options));
      }
      const others: readonly Findings[] = [
        defaultTarget(parts),
        await configuredModel(bench.model, tasks),
        await overhead(bench.overhead),
      ];
      return joined([...parts, ...others], notes);
    },
    folder,
  );
}

function makeTasks(ofAKind: number): readonly CheckedTask[] {
  const random = randomNumbers(seed);
  const all = (make: typeof arithmeticTask) => Array.from({ length: ofAKind }, (_, i) => make(i + 1, random));
  return [...all(arithmeticTask), ...all(schedulingTask), ...codeTasks()];
}
