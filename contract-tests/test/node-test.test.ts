import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const fixture = fileURLToPath(new URL('./node-test.fixture.ts', import.meta.url));

function nodeTest(broken: 'yes' | 'no') {
  const args = ['--conditions=@aiwork/source', '--test-reporter=tap', '--test', fixture];
  const env = { ...process.env, BROKEN: broken };
  const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: 60_000 });
  return { status, stdout };
}

it('runs a contract under node:test, each check a test', { timeout: 60_000 }, () => {
  const { status, stdout } = nodeTest('no');
  expect(stdout).toContain('JSON data comes back as it was [state-store.values.round-trip]');
  expect(stdout).toMatch(
    /state-store\.clients\.close-alone\] # SKIP two in-memory stores never share anything/,
  );
  expect(stdout).not.toContain('[state-store.faults.');
  expect(stdout).toContain('# fail 0');
  expect(status).toBe(0);
});

it('fails under node:test with the message of the check', { timeout: 60_000 }, () => {
  const { status, stdout } = nodeTest('yes');
  expect(stdout).toContain('expected  the value just set to be null');
  expect(status).toBe(1);
});
