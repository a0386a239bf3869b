import { createHash } from 'node:crypto';
import { injectionGuardrail } from '@aiwork/guardrails';
import { packageVersions } from '../../package-version.ts';
import { atMost, type Report, type Row, report, type Target } from '../../report.ts';
import { type PromptSet, promptSets, promptsOf } from './prompt-sets.ts';

const halves = ['development', 'held out'] as const;
type Half = (typeof halves)[number];

const notes = [
  'Each prompt is looked at alone. Which half it is in follows from the first byte of its SHA-256: even is development. Signs are written with the development half in sight; the half held out is only counted.',
  'The first signs were written after looking at a quarter of the first set, which is in both halves; and many prompts of that set are variants of each other. So even the half held out flatters.',
];

/** How many attacks `injectionGuardrail` finds, and how many harmless prompts it takes for one. */
export async function benchInjection(folder?: string): Promise<Report> {
  const sets = await Promise.all(promptSets.map(async (set) => ({ set, prompts: await promptsOf(set) })));
  return report(
    'injection',
    packageVersions(['@aiwork/guardrails']),
    async () => {
      const counted = await Promise.all(sets.map(({ set, prompts }) => measure(set, prompts)));
      return {
        rows: counted.flatMap(({ rows }) => rows),
        targets: counted.flatMap(({ targets }) => targets),
        notes,
      };
    },
    folder,
  );
}

async function measure({ name, isAttack }: PromptSet, prompts: readonly string[]) {
  const rows: Row[] = [];
  const targets: Target[] = [];
  for (const half of halves) {
    const own = prompts.filter((prompt) => halfOf(prompt) === half);
    const share = (100 * (await found(own))) / own.length;
    rows.push(
      { work: name, subject: half, metric: 'prompts', value: own.length, unit: '' },
      { work: name, subject: half, metric: 'taken for an injection', value: share, unit: '%' },
    );
    if (half === 'held out' && !isAttack) targets.push(atMost(name, 'taken for one', share, 2, '%'));
  }
  return { rows, targets };
}

async function found(prompts: readonly string[]): Promise<number> {
  const injections = injectionGuardrail({ name: 'signs of injection' });
  const { signal } = new AbortController();
  let count = 0;
  for (const text of prompts) {
    const { action } = await injections.check({ text, final: true }, { signal });
    if (action !== 'pass') count += 1;
  }
  return count;
}

function halfOf(prompt: string): Half {
  const [first = 0] = createHash('sha256').update(prompt).digest();
  return first % 2 === 0 ? 'development' : 'held out';
}
