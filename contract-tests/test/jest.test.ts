import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { profileOf } from '../src/engine/selection.ts';
import { checksOf, stateStoreContract } from '../src/index.ts';

const jest = fileURLToPath(import.meta.resolve('jest/bin/jest'));
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const config = {
  rootDir: here('.'),
  testMatch: ['**/jest.fixture.ts'],
  watchman: false,
  transform: { '\\.ts$': here('jest-transform.fixture.ts') },
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['@aiwork/source', 'node'] },
};

interface Result {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** A real Jest in a process of its own, and what it says of the fixture. */
function runJest(subject: string, env: NodeJS.ProcessEnv = {}) {
  const args = [
    '--experimental-vm-modules',
    jest,
    '--config',
    JSON.stringify(config),
    '--runInBand',
    '--json',
  ];
  const { status, stdout } = spawnSync(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: '', CI: '', SUBJECT: subject, ...env },
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 2 ** 26,
  });
  const result: Result = JSON.parse(stdout);
  const tests = result.testResults.flatMap(({ assertionResults }) => assertionResults);
  return { status, result, tests, message: result.testResults.map(({ message }) => message).join('\n') };
}

describe('under Jest', { timeout: 60_000 }, () => {
  it('makes a test of each check of the profile, and skips one with its reason', () => {
    const { status, tests } = runJest('correct');
    const core = checksOf(stateStoreContract).filter((check) => profileOf(check) === 'core');
    expect(tests).toHaveLength(core.length);
    expect(tests.filter(({ status: ended }) => ended === 'failed')).toEqual([]);
    expect(tests).toContainEqual(
      expect.objectContaining({
        title: expect.stringMatching(
          /\[state-store\.clients\.close-alone\]: two in-memory stores never share anything$/,
        ),
        status: 'pending',
      }),
    );
    expect(tests).toContainEqual(
      expect.objectContaining({
        title: 'JSON data comes back as it was [state-store.values.round-trip]',
        status: 'passed',
      }),
    );
    expect(status).toBe(0);
  });

  it('fails with the message of the check', () => {
    const { status, message } = runJest('broken');
    expect(message).toContain('expected  the value just set to be null');
    expect(status).toBe(1);
  });

  it('never passes what is blocked: it fails under CI and is skipped elsewhere', () => {
    const ci = runJest('unavailable', { CI: 'true' });
    expect(ci.result).toMatchObject({ numPassedTests: 0, numPendingTests: 0 });
    expect(ci.message).toContain('is blocked: no container engine answers');
    expect(ci.status).toBe(1);
    const { result } = runJest('unavailable');
    expect(result).toMatchObject({ numPassedTests: 0, numFailedTests: 0 });
    expect(result.numPendingTests).toBe(ci.result.numFailedTests);
  });
});
