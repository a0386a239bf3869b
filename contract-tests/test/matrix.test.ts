import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Adapter } from '@aiwork/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Contract, type ContractReport, checkContract, embedded } from '../src/index.ts';
import { conformanceMatrix } from '../src/matrix/conformance-matrix.ts';
import { readReports } from '../src/matrix/read-reports.ts';

type Own = Adapter<{ readonly durability: string; readonly limit: number; readonly list: boolean }>;

const contract = (id: string, ...checks: string[]): Contract<Own> => ({
  id,
  version: '1.0',
  adapter: 'Own',
  groups: [
    {
      id: 'all',
      title: 'All',
      checks: checks.map((name) => ({
        id: `${id}.all.${name}`,
        rule: 'It is',
        anchor: 'Own',
        why: 'so',
        ...(name === 'skipped' && { when: () => 'not here' }),
        run: async (t) => t.that(name !== 'failed', 'it to be', 'it is not'),
      })),
    },
  ],
});

const first = contract('first', 'one', 'skipped');
const second = contract('second', 'one', 'failed');

const close = async () => {};

/** The report of an adapter that declares `limit`. */
const report = (of: Contract<Own>, name: string, limit = 1, checks?: readonly string[]) =>
  checkContract(
    {
      contract: of,
      name,
      subject: () => ({
        service: embedded,
        secondClient: true,
        open: () => ({
          capabilities: { limit, list: false, durability: 'process' },
          close,
          [Symbol.asyncDispose]: close,
        }),
      }),
    },
    checks && { checks },
  );

/** A folder with these files. */
function folderOf(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'aiwork-contract-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

const contracts = [first, second];

describe('the conformance matrix', () => {
  it('tells of each subject how every contract went, and what its adapters declare', async () => {
    const reports = [
      await report(second, 'one | two'),
      await report(first, 'one | two', Number.POSITIVE_INFINITY),
      { ...(await report(first, 'a')), package: { name: 'mine', version: '1.0.0' } },
      await report(second, 'in part', 1, ['second.all.one']),
    ];
    expect(conformanceMatrix(reports)).toBe(`| package | subject | service | first | second |
| --- | --- | --- | --- | --- |
|  | in part |  |  | conformant in part: 1 of 2 passed, 1 left out |
|  | one \\| two |  | conformant: 1 of 2 passed, 1 skipped | failed: 1 of 2 passed, 1 failed |
| mine 1.0.0 | a |  | conformant: 1 of 2 passed, 1 skipped |  |

What adapters of \`first\` 1.0 declare:

| package | subject | durability | limit | list |
| --- | --- | --- | --- | --- |
|  | one \\| two | process | unlimited | no |
| mine 1.0.0 | a | process | 1 | no |

What adapters of \`second\` 1.0 declare:

| package | subject | durability | limit | list |
| --- | --- | --- | --- | --- |
|  | in part | process | 1 | no |
|  | one \\| two | process | 1 | no |`);
    expect(conformanceMatrix(reports.toReversed())).toBe(conformanceMatrix(reports));
  });

  it('reads files, and folders of them', async () => {
    const folder = folderOf({
      'b.json': await report(first, 'b'),
      'a.json': await report(first, 'a'),
      'notes.txt': 'no report',
    });
    const other = folderOf({ 'c.json': await report(second, 'c') });
    const reports = await readReports([folder, join(other, 'c.json')], contracts);
    expect(reports.map(({ subject }) => subject)).toEqual(['a', 'b', 'c']);
  });

  it.each<[string, (good: ContractReport) => unknown, string]>([
    ['text', () => 'not JSON', 'wrong.json cannot be read: '],
    ['other JSON', () => ({ name: 'a package' }), 'wrong.json is no contract report'],
    ['nothing', () => null, 'wrong.json is no contract report'],
    [
      'another format',
      (good) => ({ ...good, format: 'aiwork-contract-report/2' }),
      'wrong.json is a report of the format "aiwork-contract-report/2", and this kit reads',
    ],
    [
      'a report that was tampered with',
      (good) => ({ ...good, counts: { ...good.counts, passed: 'all' } }),
      'wrong.json is not as its format says: /counts/passed must be integer',
    ],
    [
      'a contract that nobody knows',
      (good) => ({ ...good, contract: { ...good.contract, id: 'third' } }),
      'wrong.json is about the contract third, which this kit does not have',
    ],
    [
      'other rules',
      (good) => ({ ...good, contract: { ...good.contract, digest: '0'.repeat(64) } }),
      'wrong.json is about other rules of first than this kit has (1.0 of kit ',
    ],
    ['the same again', (good) => good, 'wrong.json is about first on good of no package, as '],
  ])('refuses %s by name', async (_what, change, message) => {
    const good = await report(first, 'good');
    const folder = folderOf({ 'good.json': good, 'wrong.json': change(good) });
    await expect(readReports([folder], contracts)).rejects.toMatchObject({
      code: 'AIWORK_USAGE',
      message: expect.stringContaining(message),
    });
  });

  it('refuses what is not there, and a folder without reports', async () => {
    await expect(readReports(['no-such'], contracts)).rejects.toThrow('there is no file or folder no-such');
    const empty = folderOf({});
    await expect(readReports([empty], contracts)).rejects.toThrow(`there is no report in ${empty}`);
  });
});
