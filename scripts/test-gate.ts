import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { command, root } from './command.ts';
import type { Gate, Verdict } from './gate.ts';
import { type Failure, type RunReport, readRunReport, reportVariable, theFileItself } from './run-report.ts';

/** Images of services may have to be built first. */
const timeoutMs = 32 * 60_000;

/** More files than this do not fail by chance. */
const maxRepeatedFiles = 8;

const heavy = ['kafka', 'airflow'];
const only = (project: string) => `--project=${project}`;
const without = (project: string) => `--project=!${project}`;

/** Apart, as these services need the processors that tests which wait for an answer in time count on. */
export const kafkaAndAirflowTests: Gate = {
  name: 'tests of @aiwork/kafka and @aiwork/airflow',
  run: async () => repeatFailedFiles(await runTests([...heavy.map(only), '--maxWorkers=2'])),
};

/** Every test of every package; a gate also fails on an unhandled error, and on too little coverage of core. */
export const testGates: readonly Gate[] = [
  {
    name: 'tests of @aiwork/core, and how much of it they cover',
    run: async () => verdictOf(await runTests(['--project=core', '--coverage'])),
  },
  kafkaAndAirflowTests,
  {
    name: 'tests of everything else',
    // Most of them wait for services, so two processors have time for a third worker.
    run: async () =>
      repeatFailedFiles(await runTests([...['core', ...heavy].map(without), '--maxWorkers=3'])),
  },
];

interface TestRun {
  readonly ok: boolean;
  /** Missing where the run was ended before its end. */
  readonly report?: RunReport | undefined;
}

async function runTests(options: readonly string[]): Promise<TestRun> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-vitest-'));
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts/run-report.ts')}`];
  try {
    const { ok } = await command('vitest', ['run', ...options, ...reporters], {
      output: 'show',
      timeoutMs,
      // What tests fetch comes over what the machine trusts, as what pip and npm fetch does.
      env: { [reportVariable]: file, NODE_USE_SYSTEM_CA: '1' },
    });
    return { ok, report: await readRunReport(file) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function verdictOf({ ok, report }: TestRun): Verdict {
  const said = report && [...report.failures.map(describe), ...report.strayErrors];
  return {
    status: ok ? 'passed' : 'failed',
    tests: report,
    ...(!ok && { note: ['', ...(said ?? ['the tests were ended before they were done'])].join('\n    ') }),
  };
}

/**
 * Tests with real services, killed and cut off, meet the odd minute in which a machine has no time for them. What failed
 * runs once more, with the machine to itself; what passes then is named all the same.
 */
async function repeatFailedFiles(first: TestRun): Promise<Verdict> {
  const failures = first.report?.failures ?? [];
  const files = [...new Set(failures.map(({ file }) => file))];
  const byChance = first.report?.strayErrors.length === 0 && files.length <= maxRepeatedFiles;
  if (first.ok || first.report === undefined || files.length === 0 || !byChance) return verdictOf(first);
  console.log(`\nonce more, alone: ${files.map((file) => relative(root, file)).join(', ')}`);
  const second = await runTests([...files, '--no-file-parallelism', ...namesOf(failures)]);
  // Fewer would mean that not all of them were found again.
  const passed = second.report?.passed ?? 0;
  if (!second.ok || passed < failures.length) return verdictOf(bothAttempts(first.report, second.report));
  return {
    status: 'passed',
    tests: { ...first.report, passed: first.report.passed + first.report.failed, failed: 0 },
    note: ['at the second attempt:', ...failures.map(describe)].join('\n    '),
    worthRepeating: true,
  };
}

/** Chooses the tests that failed; all of their files where a file failed by itself. */
function namesOf(failures: readonly Failure[]): readonly string[] {
  if (failures.some(({ name }) => name === theFileItself)) return [];
  // Vitest joins the names of suites and tests by a space here, and by an arrow where it names a failure.
  const patterns = failures.map(({ name }) =>
    name.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&').replaceAll(' > ', ' (?:> )?'),
  );
  return [`--testNamePattern=^(?:${patterns.join('|')})`];
}

/** What is left of the failures of `first` when their files ran once more: those that failed again. */
function bothAttempts(first: RunReport, second: RunReport | undefined): TestRun {
  if (second === undefined || second.failed === 0) return { ok: false, report: first };
  const { failures, failed, strayErrors } = second;
  const passed = first.passed + first.failed - failed;
  return { ok: false, report: { ...first, passed, failed, failures, strayErrors } };
}

const describe = ({ project, file, name, why }: Failure) =>
  `${project} ${relative(root, file)} > ${name}: ${why}`;
