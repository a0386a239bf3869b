import { atLeast, atMost, type Findings, type Row } from '../report.ts';
import { atTokens, gain, type Interval, interval } from './intervals.ts';
import { type Measured, type MeasureOptions, measure } from './measured.ts';
import { adaptiveRounds, baselines, fixedRounds, plain, subjects } from './subjects.ts';

/** How a strategy did in a comparison. */
export interface Outcome {
  readonly subject: string;
  readonly tokens: number;
  /**
   * Surely more often right than plain sampling, and not surely less often than a baseline at the same tokens: by the ends
   * of the intervals.
   */
  readonly wins: boolean;
}

export interface Comparison extends Findings {
  readonly outcomes: readonly Outcome[];
}

/** Accuracy of each strategy, and against baselines at the same tokens. */
export async function compare(work: string, options: MeasureOptions): Promise<Comparison> {
  const curves = [];
  for (const { name, steps } of baselines) {
    const curve: Measured[] = [];
    for (const strategy of steps) curve.push(await measure(strategy, options));
    curves.push({ name: `${name} at the same tokens`, curve });
  }
  const measured = new Map<string, Measured>();
  for (const { name, strategy } of subjects) measured.set(name, await measure(strategy, options));
  const sampled = measured.get(plain)?.accuracies ?? [];
  const rows: Row[] = [];
  const outcomes: Outcome[] = [];
  for (const [subject, own] of measured) {
    const over = gain(own.accuracies, sampled);
    const overBaselines = curves.map(({ name, curve }) => ({
      name,
      gain: gain(own.accuracies, atTokens(curve, own.tokens)),
    }));
    const of = { work, subject };
    rows.push(...ownRows(of, own), ...gainRows(of, 'plain sampling', over));
    rows.push(...overBaselines.flatMap((baseline) => gainRows(of, baseline.name, baseline.gain)));
    const wins = over.low > 0 && overBaselines.every((baseline) => baseline.gain.high >= 0);
    outcomes.push({ subject, tokens: own.tokens, wins });
  }
  return { rows, targets: targetsOf(work, measured), outcomes };
}

type Of = Pick<Row, 'work' | 'subject'>;

function ownRows(of: Of, { accuracies, tokens, calls }: Measured): readonly Row[] {
  const { mean, low, high } = interval(accuracies);
  return [
    { ...of, metric: 'right', value: 100 * mean, unit: '%' },
    { ...of, metric: 'at least', value: 100 * low, unit: '%' },
    { ...of, metric: 'at most', value: 100 * high, unit: '%' },
    { ...of, metric: 'tokens a question', value: tokens, unit: '' },
    { ...of, metric: 'calls a question', value: calls, unit: '' },
  ];
}

function gainRows(of: Of, over: string, { mean, low, high }: Interval): readonly Row[] {
  return [
    { ...of, metric: `against ${over}`, value: 100 * mean, unit: 'points' },
    { ...of, metric: `± (${over})`, value: 50 * (high - low), unit: '' },
  ];
}

function targetsOf(work: string, measured: ReadonlyMap<string, Measured>): Findings['targets'] {
  const adaptive = measured.get(adaptiveRounds);
  const fixed = measured.get(fixedRounds);
  if (!adaptive || !fixed) return [];
  const { mean } = gain(adaptive.accuracies, fixed.accuracies);
  return [
    atMost(
      work,
      'adaptive refinement: tokens, of those of fixed rounds',
      adaptive.tokens / fixed.tokens,
      0.6,
    ),
    atLeast(work, 'adaptive refinement: accuracy, more than fixed rounds', 100 * mean, 0, 'points'),
  ];
}
