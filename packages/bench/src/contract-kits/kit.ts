import { type AnyAdapter, type ContractRun, checkContract } from '@aiwork/contract-tests';
import type { OurContract } from './our-contract.ts';
import { tellApart, type Use } from './use.ts';

/** A peer's suite beside the contract of ours whose adapters it is tried on. */
export interface Kit {
  /** The package of the suite. */
  readonly package: string;
  /** The interface it is about. */
  readonly adapters: string;
  /** The test file that runs it, relative to the package of the benchmarks. */
  readonly suite: string;
  readonly contract: string;
  /** What each saboteur does wrong, by its id. */
  readonly breaks: Readonly<Record<string, string>>;
  /** Saboteurs that a program of the peer's interface can tell from the reference. */
  fitting(): Promise<readonly string[]>;
  /** How many checks of our contract run on the reference, and how many fail on each saboteur. */
  checkOurs(
    saboteurs: readonly string[],
  ): Promise<{ checks: number; failed: Readonly<Record<string, number>> }>;
}

const seed = 20261121;

/** A saboteur that never answers has to be given up soon; a correct adapter in memory answers at once. */
const deadlineMs = 3_000;

export interface KitDefinition<A extends AnyAdapter> extends Pick<Kit, 'package' | 'adapters' | 'suite'> {
  readonly ours: OurContract<A>;
  readonly uses: readonly Use<A>[];
}

export function defineKit<A extends AnyAdapter>({ ours, uses, ...facts }: KitDefinition<A>): Kit {
  const { contract, saboteurs, reference } = ours;

  async function failuresOf(name: string, subject: ContractRun<A>['subject']): Promise<number> {
    const { counts } = await checkContract({ contract, name, subject }, { seed, deadlineMs });
    return counts.failed;
  }

  return {
    ...facts,
    contract: contract.id,
    breaks: Object.fromEntries(saboteurs.map(({ id, breaks }) => [id, breaks])),
    async fitting() {
      const apart = await tellApart(ours, uses);
      return [...apart].flatMap(([id, seenBy]) => (seenBy.length > 0 ? [id] : []));
    },
    async checkOurs(ids) {
      const name = 'reference';
      const report = await checkContract(
        { contract, name, subject: () => reference() },
        { seed, deadlineMs },
      );
      if (report.counts.failed > 0) throw new Error(`the reference breaks ${contract.id}`);
      const failed: Record<string, number> = {};
      for (const { id, sabotage } of saboteurs.filter(({ id }) => ids.includes(id))) {
        failed[id] = await failuresOf(id, () => sabotage(reference()));
      }
      return { checks: report.counts.passed, failed };
    },
  };
}
