import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { command, root } from './command.ts';
import { readRunReport, reportVariable } from './run-report.ts';

/** Runs files of tests in a folder of their own, with the globals of Vitest: nothing can be imported from there. */
async function runOf(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-report-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const file = join(folder, 'report.json');
  const reporter = `--reporter=${join(root, 'scripts/run-report.ts')}`;
  const { ok } = await command('vitest', ['run', '--root', folder, '--globals', reporter], {
    env: { [reportVariable]: file },
  });
  return { ok, folder, report: await readRunReport(file) };
}

it('counts tests, and names what failed, with the first line of why', async () => {
  const { ok, folder, report } = await runOf({
    'some.test.js': `
      it('passes', () => {});
      it.skip('is left out', () => {});
      describe('of two', () => it('fails', () => { throw new Error('no disk\\nand more'); }));`,
    'broken.test.js': `throw new Error('no such module');`,
    'before.test.js': `describe('prepared', () => { beforeAll(() => { throw new Error('no engine'); }); it('waits', () => {}); });`,
  });
  expect(ok).toBe(false);
  expect(report).toMatchObject({ passed: 1, failed: 3, strayErrors: [] });
  const failures = report?.failures.map(
    ({ file, name, why }) => `${file.replace(folder, '')} ${name}: ${why}`,
  );
  expect(failures?.toSorted()).toEqual([
    '/before.test.js prepared: no engine',
    '/broken.test.js the file itself: no such module',
    '/some.test.js of two > fails: no disk',
  ]);
});

it('has the errors that belong to no test', async () => {
  const { ok, report } = await runOf({
    'stray.test.js': `it('leaves one', () => { Promise.reject(new Error('nobody saw it')); });`,
  });
  expect(ok).toBe(false);
  expect(report).toMatchObject({ passed: 1, failed: 0, failures: [], strayErrors: ['nobody saw it'] });
});

it('is missing where the run left none', async () => {
  expect(await readRunReport(join(tmpdir(), 'no-such-report.json'))).toBeUndefined();
});
