import { atMost, type Findings, type Target } from '../report.ts';
import { type Comparison, compare, type Effort } from './compare.ts';
import { type DurableContestant, durableSubjects, type Survives } from './durable-subjects.ts';
import { nameOf, type Work } from './work.ts';

const durableName = (work: Work) => `durable ${nameOf(work)}`;

/** The same works with every step in a journal on disk, beside peers that promise as much. */
export async function durable(
  works: readonly Work[],
  effort: Effort,
  withPeers: boolean,
): Promise<Findings & { versions: Readonly<Record<string, string>> }> {
  await using subjects = await durableSubjects(withPeers);
  const comparison = await compare(subjects.contestants, works, effort, durableName);
  const kinds: readonly Survives[] = ['the process', 'a power failure'];
  return {
    rows: comparison.rows,
    targets: works.flatMap((work) =>
      kinds.flatMap((survives) => targetsOf(comparison, work, subjects.contestants, survives)),
    ),
    skipped: [...subjects.skipped, ...comparison.skipped],
    versions: subjects.versions,
  };
}

function targetsOf(
  comparison: Comparison,
  work: Work,
  contestants: readonly DurableContestant[],
  survives: Survives,
): Target[] {
  const [ours, ...peers] = contestants.filter((contestant) => contestant.survives === survives);
  const mine = ours && comparison.of(ours.name, work);
  if (mine === undefined) return [];
  return peers.flatMap(({ name }) => {
    const theirs = comparison.of(name, work);
    if (theirs === undefined) return [];
    return [atMost(durableName(work), `a step that outlives ${survives}, against ${name}`, mine / theirs, 1)];
  });
}
