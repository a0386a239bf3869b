// Runs in a process of its own: starts Vitest on a peer's suite, once for each subject.
import { join } from 'node:path';
import { startVitest } from 'vitest/node';

/** What a suite made of a subject. */
export interface SuiteResult {
  /** The saboteur; `undefined` for the reference. */
  readonly saboteur: string | undefined;
  readonly tests: number;
  /** Names of failed tests, and of hooks that failed. */
  readonly failed: readonly string[];
}

declare module 'vitest' {
  interface ProvidedContext {
    saboteur: string | undefined;
  }
}

const reference = 'reference';
const root = join(import.meta.dirname, '../..');

/** A saboteur that never answers has to be given up; a correct adapter in memory answers at once. */
const testTimeoutMs = 10_000;

/** Runs a test file on the reference and each saboteur, every one in a worker of its own. */
export async function runSuite(
  file: string,
  saboteurs: readonly (string | undefined)[],
): Promise<readonly SuiteResult[]> {
  const conditions = ['@aiwork/source', 'module', 'node', 'development|production'];
  const vitest = await startVitest('test', [], {
    root,
    config: false,
    watch: false,
    reporters: [{}],
    projects: saboteurs.map((saboteur) => ({
      resolve: { conditions },
      ssr: { resolve: { conditions } },
      test: {
        name: saboteur ?? reference,
        root,
        include: [file],
        globals: true,
        provide: { saboteur },
        testTimeout: testTimeoutMs,
        hookTimeout: testTimeoutMs,
      },
    })),
  });
  try {
    const modules = vitest.state.getTestModules();
    return saboteurs.map((saboteur) => {
      const module = modules.find(({ project }) => project.name === (saboteur ?? reference));
      if (!module) throw new Error(`${file} was not run on ${saboteur ?? reference}`);
      const tests = [...module.children.allTests()];
      const suites = [...module.children.allSuites()];
      const failed = tests.filter((test) => test.result().state === 'failed').map(({ fullName }) => fullName);
      const broken = suites.filter((suite) => suite.errors().length > 0).map(({ fullName }) => fullName);
      const errors = module.errors().map(({ message }) => message);
      return { saboteur, tests: tests.length, failed: [...failed, ...broken, ...errors] };
    });
  } finally {
    await vitest.close();
  }
}
