import { readFile, writeFile } from 'node:fs/promises';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import type { Tally } from './gate.ts';

/** A test that failed, or a file that could not be loaded. */
export interface Failure {
  readonly project: string;
  /** Where the file is. */
  readonly file: string;
  readonly name: string;
  /** The first line of what it said. */
  readonly why: string;
}

/** What one run of Vitest came to. */
export interface RunReport extends Tally {
  readonly failures: readonly Failure[];
  /** Errors that belong to no test: they fail the run, too. */
  readonly strayErrors: readonly string[];
}

/** Name of a failure that is no test's: the file cannot be loaded, or what stands around its tests failed. */
export const theFileItself = 'the file itself';

/** Where the run that this reporter watches leaves its report. */
export const reportVariable = 'AIWORK_RUN_REPORT';

/** A reporter of Vitest that leaves a {@link RunReport} where the environment says. */
export default class RunReporter implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly SerializedError[]): Promise<void> {
    const file = process.env[reportVariable];
    if (file !== undefined) await writeFile(file, JSON.stringify(reportOf(modules, strayErrors)));
  }
}

/** The report of a run, or nothing when it was ended before it could leave one. */
export async function readRunReport(file: string): Promise<RunReport | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as RunReport);
}

function reportOf(modules: readonly TestModule[], strayErrors: readonly SerializedError[]): RunReport {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const count = (state: string) => tests.filter((test) => test.result().state === state).length;
  const failures = modules.flatMap((module) => failuresOf(module));
  return {
    passed: count('passed'),
    failed: failures.length,
    skipped: tests.length - count('passed') - count('failed'),
    failures,
    strayErrors: strayErrors.map(firstLine),
  };
}

function failuresOf(module: TestModule): readonly Failure[] {
  const at = { project: module.project.name, file: module.moduleId };
  const suites = [module, ...module.children.allSuites()].flatMap((suite) =>
    suite.errors().map((error) => ({
      ...at,
      name: suite.type === 'suite' ? suite.fullName : theFileItself,
      why: firstLine(error),
    })),
  );
  const tests = [...module.children.allTests('failed')].map((test) => ({
    ...at,
    name: test.fullName,
    why: firstLine(test.result().errors?.[0]),
  }));
  return [...suites, ...tests];
}

const firstLine = (error: { readonly message?: string } | undefined) =>
  (error?.message ?? 'no message').split('\n', 1)[0] ?? '';
