import { isolate } from '../isolated/isolate.ts';
import { atLeast, type Findings, type Row } from '../report.ts';
import { type KitName, kits } from './kits.ts';
import { runPeerSuite } from './run-peer-suite.ts';
import type { Verdicts } from './verdicts.ts';

interface Contestant extends Verdicts {
  readonly name: string;
}

/**
 * A peer's suite and our contract on the same broken adapters.
 *
 * @throws Error when the suite catches what does not fit it: then the programs that decide about that leave something out.
 */
export async function compareKit(name: KitName, asked: readonly string[] | undefined): Promise<Findings> {
  const kit = kits[name];
  const saboteurs = Object.keys(kit.breaks).filter((id) => asked === undefined || asked.includes(id));
  const theirs = await runPeerSuite(kit.suite, saboteurs);
  const host = await isolate<typeof import('./kit-process.ts')>(new URL('./kit-process.ts', import.meta.url));
  try {
    const fitting = (await host.call('fitting', name)).filter((id) => saboteurs.includes(id));
    const unseen = saboteurs.filter((id) => !fitting.includes(id) && theirs.failed[id] !== 0);
    if (unseen.length > 0)
      throw new Error(`${kit.package} catches what no program of its interface sees: ${unseen}`);
    const ours = await host.call('checkOurs', name, fitting);
    const contestants: readonly Contestant[] = [
      { name: kit.package, ...theirs },
      { name: `@aiwork/contract-tests, ${kit.contract}`, ...ours },
    ];
    const work = `broken ${kit.adapters}`;
    const caught = ({ failed }: Verdicts) => fitting.filter((id) => (failed[id] ?? 0) > 0).length;
    return {
      rows: [
        ...contestants.flatMap((contestant): Row[] => {
          const common = { work, subject: contestant.name };
          const unit = `of ${fitting.length}`;
          return [
            { ...common, metric: 'tests', value: contestant.tests, unit: '' },
            { ...common, metric: 'broken adapters caught', value: caught(contestant), unit },
          ];
        }),
        ...fitting.flatMap((id) => failuresOf(id, `${id}: ${kit.breaks[id]}`, kit.adapters, contestants)),
      ],
      targets: [atLeast(work, `caught by our ${kit.contract} contract`, caught(ours), fitting.length, '')],
    };
  } finally {
    await host.close();
  }
}

function failuresOf(
  id: string,
  subject: string,
  adapters: string,
  contestants: readonly Contestant[],
): readonly Row[] {
  const work = `tests that fail on each of the broken ${adapters}`;
  return contestants.map(({ name, failed }) => ({
    work,
    subject,
    metric: name,
    value: failed[id] ?? 0,
    unit: '',
  }));
}
