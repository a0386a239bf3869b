import { interleave, median } from '../measure.ts';
import { atLeast, atMost, type Findings, type Row, type Target } from '../report.ts';
import { type OpenContestant, type openContestants, ours, pytorch } from './contestants.ts';
import { batchesOf, shortTexts } from './short-texts.ts';

type Opened = Awaited<ReturnType<typeof openContestants>>;

const sizes = [1, 32];
/** All of them compute the same model: more than rounding and quantizing explain is a mistake of the benchmark. */
const leastCosine = 0.95;

/** Texts a second of those that were never seen, one after the other and in lists. */
export async function throughput(
  { open, skipped }: Opened,
  { rounds, roundMs }: { readonly rounds: number; readonly roundMs: number },
): Promise<Findings> {
  await compareVectors(open);
  const rows: Row[] = [];
  const rates = new Map<string, number>();
  for (const size of sizes) {
    const work = `${size} × 12 tokens, never seen`;
    const measured = await interleave(rounds + 1, open, (each, round) =>
      each.round(batchesOf(shortTexts(size === 1 ? 2000 : 20_000, 100 * size + round), size), roundMs),
    );
    for (const [i, { name }] of open.entries()) {
      // The first round is for warming up.
      const value = median(measured[i]?.slice(1) ?? []);
      rows.push({ work, subject: name, metric: 'texts a second', value, unit: '' });
      if (size === 32) rates.set(name, value);
    }
  }
  const mine = Math.max(...open.filter(isOurs).map(({ name }) => rates.get(name) ?? 0));
  const theirs = Math.max(...open.filter((each) => !isOurs(each)).map(({ name }) => rates.get(name) ?? 0));
  const work = '32 × 12 tokens, never seen';
  return { rows, skipped, targets: [atLeast(work, 'ours against the fastest peer', mine / theirs, 1.2)] };
}

/** What a program takes from its start to its first vector, and in memory after all that it was asked. */
export async function loading({ open }: Opened): Promise<Findings> {
  const work = 'a program that embeds';
  const rows: Row[] = [];
  for (const { name: subject, loadMs, firstVectorMs, residentBytes } of open)
    rows.push(
      { work, subject, metric: 'load', value: loadMs, unit: 'ms' },
      { work, subject, metric: 'start to first vector', value: firstVectorMs, unit: 'ms' },
      { work, subject, metric: 'memory', value: (await residentBytes()) / 1e6, unit: 'MB' },
    );
  const mine = open.find(({ name }) => name === ours('int8')) ?? open[0];
  const original = open.find(({ name }) => name === pytorch);
  const targets: Target[] = mine ? [atMost(work, 'load', mine.loadMs, 100, 'ms')] : [];
  if (!mine || !original) return { rows, targets };
  const sooner = original.firstVectorMs / mine.firstVectorMs;
  return {
    rows,
    targets: [...targets, atLeast(work, 'start to first vector, PyTorch against ours', sooner, 10)],
  };
}

const isOurs = ({ name }: OpenContestant) => name.startsWith('@aiwork');

async function compareVectors(open: readonly OpenContestant[]): Promise<void> {
  const vectors = await Promise.all(open.map((each) => each.vector('rain in the harbour')));
  for (const [i, { name }] of open.entries()) {
    const cosine = vectors[i]?.reduce((sum, part, at) => sum + part * (vectors[0]?.[at] ?? 0), 0) ?? 0;
    if (cosine < leastCosine)
      throw new Error(`${name} embeds something else: its cosine to ours is ${cosine}`);
  }
}
