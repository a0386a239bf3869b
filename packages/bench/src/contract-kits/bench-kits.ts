import { isolate } from '../isolated/isolate.ts';
import { packageVersions } from '../package-version.ts';
import { atLeast, type Findings, joined, type Report, type Row, report } from '../report.ts';
import { type KitName, kits } from './kits.ts';
import type { SuiteResult } from './run-suite.ts';

export interface KitsBench {
  readonly kits: readonly KitName[];
  /** Saboteurs to try, by id. Default: all. */
  readonly saboteurs?: readonly string[];
}

const full: KitsBench = { kits: ['keyv', 'langgraph'] };

const notes = [
  'A broken adapter fits a suite when a program that uses nothing but the interface the suite is about gets another answer from it than from the correct one; the programs are in `packages/bench/src/contract-kits/*/uses.ts`, and what none of them can see (versions, leases, abort signals …) is not held against the suite.',
  'The correct adapter, behind the same wrapper, passes every test of the suite; a broken one is caught when at least one test fails. All suites run on all broken adapters, and none has caught one that does not fit.',
  'Our contract asks the adapter itself, not the wrapper, and its checks of faults, restarts and kills have nothing to do here, where everything is in memory.',
];

/** The adapters broken on purpose that prove our contracts, given to the suites that peers publish. */
export async function benchKits(bench: KitsBench = full, folder?: string): Promise<Report> {
  const packages = bench.kits.map((name) => kits[name].package);
  const versions = packageVersions([
    '@aiwork/contract-tests',
    ...packages,
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

async function compareKit(name: KitName, asked: readonly string[] | undefined): Promise<Findings> {
  const kit = kits[name];
  const saboteurs = Object.keys(kit.breaks).filter((id) => asked === undefined || asked.includes(id));
  const theirs = await runSuite(kit.suite, saboteurs);
  const host = await isolate<typeof import('./kit-process.ts')>(new URL('./kit-process.ts', import.meta.url));
  try {
    const fitting = (await host.call('fitting', name)).filter((id) => saboteurs.includes(id));
    const unfit = saboteurs.filter((id) => !fitting.includes(id) && theirs.failed.get(id) !== 0);
    if (unfit.length > 0)
      throw new Error(`${kit.package} catches ${unfit}, which no program of its interface can see`);
    const ours = await host.call('checkOurs', name, fitting);
    const subjects = [
      { subject: `${kit.package}`, tests: theirs.tests, failed: (id: string) => theirs.failed.get(id) ?? 0 },
      {
        subject: `@aiwork/contract-tests, ${kit.contract}`,
        tests: ours.checks,
        failed: (id: string) => ours.failed[id] ?? 0,
      },
    ];
    const work = `broken ${kit.adapters}`;
    const caught = ({ failed }: (typeof subjects)[number]) => fitting.filter((id) => failed(id) > 0).length;
    const of = `of ${fitting.length}`;
    return {
      rows: [
        ...subjects.flatMap((each): Row[] => [
          { work, subject: each.subject, metric: 'tests', value: each.tests, unit: '' },
          { work, subject: each.subject, metric: 'broken adapters caught', value: caught(each), unit: of },
        ]),
        ...fitting.flatMap((id) =>
          subjects.map(
            ({ subject, failed }): Row => ({
              work: `tests that fail on each of the broken ${kit.adapters}`,
              subject: `\`${id}\`: ${kit.breaks[id]}`,
              metric: subject,
              value: failed(id),
              unit: '',
            }),
          ),
        ),
      ],
      targets: subjects
        .slice(1)
        .map((each) => atLeast(work, `caught by ${each.subject}`, caught(each), fitting.length, '')),
    };
  } finally {
    await host.close();
  }
}

/** Saboteurs on which one Vitest runs a suite. */
const batch = 8;

/** How many tests the suite has, and how many of them fail on each saboteur; none do on the reference. */
async function runSuite(file: string, saboteurs: readonly string[]) {
  const failed = new Map<string, number>();
  let tests = 0;
  for (let from = 0; from < saboteurs.length; from += batch) {
    const host = await isolate<typeof import('./run-suite.ts')>(new URL('./run-suite.ts', import.meta.url));
    try {
      const results: readonly SuiteResult[] = await host.call('runSuite', file, [
        undefined,
        ...saboteurs.slice(from, from + batch),
      ]);
      for (const { saboteur, ...result } of results) {
        if (saboteur !== undefined) failed.set(saboteur, result.failed.length);
        else if (result.failed.length > 0) throw new Error(`the reference fails ${result.failed} of ${file}`);
        else tests = result.tests;
      }
    } finally {
      await host.close();
    }
  }
  return { tests, failed };
}
