import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interleave, median } from '../measure.ts';
import { packageVersion } from '../package-version.ts';
import {
  atMost,
  type Findings,
  type Report,
  type Row,
  report,
  type Skipped,
  type Target,
} from '../report.ts';
import { importTime } from './import-time.ts';
import { type Installed, install } from './installed.ts';
import { packCore } from './pack-core.ts';

/** What is installed and imported. */
export interface FootprintSubject {
  readonly name: string;
  /** What npm is told; a folder for the tarball of ours is given. */
  specs(folder: string): Promise<readonly string[]> | readonly string[];
  /** What a program that runs a flow imports. */
  readonly module: string;
  /** Held to the project's own limits. */
  readonly ours?: boolean;
}

export interface FootprintBench {
  readonly subjects: readonly FootprintSubject[];
  /** Fresh processes that import each subject. */
  readonly imports: number;
}

const asHere = (name: string) => `${name}@${packageVersion(name)}`;

const full: FootprintBench = {
  imports: 15,
  subjects: [
    {
      name: '@aiwork/core',
      specs: async (folder) => [await packCore(folder)],
      module: '@aiwork/core',
      ours: true,
    },
    { name: '@mastra/core', specs: () => [asHere('@mastra/core')], module: '@mastra/core/workflows' },
    {
      name: '@langchain/langgraph',
      specs: () => [asHere('@langchain/langgraph'), asHere('@langchain/core')],
      module: '@langchain/langgraph',
    },
    { name: 'ai', specs: () => ['ai@7.0.173'], module: 'ai' },
    { name: '@dbos-inc/dbos-sdk', specs: () => [asHere('@dbos-inc/dbos-sdk')], module: '@dbos-inc/dbos-sdk' },
  ],
};

const notes = [
  'Each package is installed by npm with its dependencies and peer dependencies, without running install scripts; the size is that of all files under node_modules.',
];

const work = 'install and import';
const megabyte = 1_000_000;

/** What it costs to have a package there. */
export async function benchFootprint(bench: FootprintBench = full, folder?: string): Promise<Report> {
  const versions: Record<string, string> = {};
  return report('footprint', versions, () => measure(bench, versions), folder);
}

async function measure(bench: FootprintBench, versions: Record<string, string>): Promise<Findings> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-footprint-'));
  const rows: Row[] = [];
  const targets: Target[] = [];
  const skipped: Skipped[] = [];
  const installed: { subject: FootprintSubject; at: Installed }[] = [];
  try {
    for (const [i, subject] of bench.subjects.entries()) {
      try {
        const specs = await subject.specs(folder);
        const at = await install(join(folder, String(i)), subject.name, specs);
        versions[subject.name] = at.version;
        installed.push({ subject, at });
      } catch (error) {
        if (subject.ours) throw error;
        skipped.push({ subject: subject.name, why: (error as Error).message });
      }
    }
    const times = await interleave(bench.imports, installed, ({ subject, at }) =>
      importTime(at.folder, subject.module),
    );
    for (const [i, { subject, at }] of installed.entries()) {
      const common = { work, subject: subject.name };
      const importMs = median(times[i] as number[]);
      rows.push(
        { ...common, metric: 'installed size', value: at.bytes / megabyte, unit: 'MB' },
        { ...common, metric: 'packages', value: at.packages, unit: '' },
        { ...common, metric: `import, median of ${bench.imports}`, value: importMs, unit: 'ms' },
      );
      if (!subject.ours) continue;
      targets.push(
        atMost(subject.name, 'installed size', at.bytes / megabyte, 1, 'MB'),
        atMost(subject.name, 'import', importMs, 30, 'ms'),
      );
    }
    return { rows, targets, skipped, notes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
