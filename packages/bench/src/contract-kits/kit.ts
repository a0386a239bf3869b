import { type AnyAdapter, type ContractRun, checkContract } from '@aiwork/contract-tests';
import type { OurContract } from './our-contract.ts';
import { tellApart, type Use } from './use.ts';
import type { Verdicts } from './verdicts.ts';

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
  /** Our contract on each of `saboteurs`. @throws Error when it finds something wrong with the reference. */
  checkOurs(saboteurs: readonly string[]): Promise<Verdicts>;
}

export interface KitDefinition<A extends AnyAdapter> extends Pick<Kit, 'package' | 'adapters' | 'suite'> {
  readonly ours: OurContract<A>;
  readonly uses: readonly Use<A>[];
}

const seed = 20261121;

/** A saboteur that never answers has to be given up; a correct adapter in memory answers at once. */
const deadlineMs = 10_000;

export function defineKit<A extends AnyAdapter>({ ours, uses, ...facts }: KitDefinition<A>): Kit {
  const { contract, saboteurs, reference } = ours;

  async function check(name: string, subject: ContractRun<A>['subject']) {
    const { counts } = await checkContract({ contract, name, subject }, { seed, deadlineMs });
    return counts;
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
      const correct = await check('reference', () => reference());
      if (correct.failed > 0) throw new Error(`the correct adapter fails checks of ${contract.id}`);
      const failed: Record<string, number> = {};
      for (const { id, sabotage } of saboteurs.filter(({ id }) => ids.includes(id))) {
        failed[id] = (await check(id, () => sabotage(reference()))).failed;
      }
      return { tests: correct.passed, failed };
    },
  };
}
