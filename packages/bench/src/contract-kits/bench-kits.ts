import { packageVersions } from '../package-version.ts';
import { type Findings, joined, type Report, report } from '../report.ts';
import { compareKit } from './compare-kit.ts';
import { type KitName, kits } from './kits.ts';

export interface KitsBench {
  readonly kits: readonly KitName[];
  /** Ids of the broken adapters to try. Default: all. */
  readonly saboteurs?: readonly string[];
}

const full: KitsBench = { kits: ['keyv-state-store', 'keyv-cache', 'langgraph'] };

const notes = [
  'A broken adapter fits a suite when a program that uses nothing but the interface the suite is about gets another answer from it than from the correct one: whoever writes a suite of that interface can catch it. The programs are in `packages/bench/src/contract-kits/{keyv/programs,langgraph/uses}.ts`. What none of them can see (versions, leases, abort signals …) is not held against the suite, nor is what goes wrong only while a service fails. No suite caught anything that does not fit it.',
  'The correct adapter passes every test of each suite, behind the same wrapper; a broken one is caught when a test fails. Our contract is run on the adapter itself. Both are run on stores in memory.',
];

/** The adapters broken on purpose that prove our contracts, given to the suites that peers publish. */
export async function benchKits(bench: KitsBench = full, folder?: string): Promise<Report> {
  const versions = packageVersions([
    '@aiwork/contract-tests',
    ...bench.kits.map((name) => kits[name].package),
    'keyv',
    '@langchain/langgraph-checkpoint',
    'vitest',
  ]);
  return report(
    'kits',
    versions,
    async () => {
      const parts: Findings[] = [];
      for (const name of bench.kits) parts.push(await compareKit(name, bench.saboteurs));
      return joined(parts, notes);
    },
    folder,
  );
}
