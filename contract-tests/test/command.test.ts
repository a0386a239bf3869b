import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { command } from '../src/command/command.ts';
import { contracts } from '../src/command/contracts.ts';
import { checksOf } from '../src/index.ts';

const fixture = (name: string) => fileURLToPath(new URL(`./${name}.fixture.ts`, import.meta.url));

/** One command line: its exit code, what was found and how it went. */
async function run(...args: string[]) {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const code = await command(args, {
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text) },
    signal: new AbortController().signal,
  });
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aiwork-contract-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A file with a contract that the kit does not have, on a subject given as code. */
function ownContract(subject: string): string {
  const file = join(temporaryFolder(), 'contract.mjs');
  const run = "run: async (t) => t.evidence('calls', [1, 2])";
  const check = `{ id: 'own.all.one', rule: 'It is', anchor: 'Own', why: 'so', ${run} }`;
  const groups = `[{ id: 'all', title: 'All', checks: [${check}] }]`;
  const contract = `{ id: 'own', version: '1.0', adapter: 'Own', groups: ${groups} }`;
  writeFileSync(file, `export default { contract: ${contract}, name: 'mine', ${subject} };`);
  return file;
}

describe('aiwork-contract check', () => {
  it('checks what a file exports, writes a report and exits with 0', async () => {
    const file = join(temporaryFolder(), 'new', 'report.json');
    const { code, stdout } = await run('check', fixture('memory-subject'), '--seed', '42', '--report', file);
    expect(stdout).toMatch(
      /state-store 1\.0 on memory: conformant\n\d+ passed, 0 failed, \d+ skipped, 0 blocked, seed 42\n$/,
    );
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ verdict: 'conformant', seed: 42 });
  });

  it('tells on stderr how it goes, a line for each check that ran, unless it is to be quiet', async () => {
    const args = ['check', fixture('memory-subject'), '--only', 'state-store.values.deleted'];
    const { stderr } = await run(...args);
    expect(stderr).toMatch(
      /^state-store on memory\n\[1\/1\] passed {2}state-store\.values\.deleted {2}\d+ ms\n$/,
    );
    expect((await run(...args, '--quiet')).stderr).toBe('');
  });

  it('tells what was found also when the report cannot be written', async () => {
    const folder = join(temporaryFolder(), 'reports');
    const name = 'state-store-memory.json';
    mkdirSync(join(folder, name), { recursive: true });
    const args = ['check', fixture('memory-subject'), '--only', 'state-store.values.deleted'];
    const { code, stdout, stderr } = await run(...args, '--report', folder);
    expect(stdout).toContain('1 passed, 0 failed');
    expect(stderr).toContain('the report about state-store on memory could not be written: EISDIR');
    expect(code).toBe(3);
  });

  it('says so in a line when an adapter is never opened', async () => {
    const never =
      'subject: () => ({ secondClient: true, service: { skipped: "" }, open: () => new Promise(() => {}) })';
    const { code, stderr } = await run('check', ownContract(never), '--deadline', '20', '--quiet');
    expect(stderr).toBe(
      'own on mine could not be checked: expected the first client to be opened and closed within 20 ms; seen: a call that did not end\n',
    );
    expect(code).toBe(3);
  });

  it('gives each check as long as it is told to', async () => {
    const args = [fixture('memory-subject'), 'state-store.ttl.not-late'];
    const [file = '', id = ''] = args;
    const { code, stdout } = await run('check', file, '--only', id, '--deadline', '20');
    expect(stdout).toContain('expected  an answer within 20 ms');
    expect(code).toBe(1);
    expect((await run('replay', file, id, '1', '--deadline', '20')).code).toBe(1);
    expect((await run('replay', file, id, '1')).code).toBe(0);
  });

  it('refuses an option that is given twice, and takes those that may be', async () => {
    const args = ['check', fixture('memory-subject')];
    const { code, stderr } = await run(...args, '--report', 'a', '--report', 'b');
    expect(stderr).toContain('--report is given twice: give it once');
    expect(code).toBe(3);
  });

  it('exits with 1 and gives the command that shows a failure again', async () => {
    const id = 'state-store.values.replaced';
    const broken = fixture('broken-subject');
    const { code, stdout } = await run('check', broken, '--only', id, '--seed', '7');
    expect(stdout).toContain(`replay    aiwork-contract replay ${broken} ${id} 7`);
    expect(stdout).toContain('0 passed, 1 failed');
    expect(code).toBe(1);
    const again = await run('replay', broken, id, '7');
    expect(again.stdout).toContain('seen      { a: 1, nested: { c: 3 } }');
    expect(again.code).toBe(1);
  });

  it('runs the groups and the profiles that are asked for, on each run that has them', async () => {
    const { code, stdout } = await run(
      'check',
      fixture('memory-subject'),
      fixture('broken-subject'),
      '--only',
      'state-store.many',
      '--only',
      'state-store.values.absent',
      '--profile',
      'core,restart',
    );
    expect(code).toBe(0);
    const rows = stdout.split('\n').filter((line) => line.includes('conformant in part'));
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 4))).toEqual([
      ['state-store 1.0', 'memory', 'conformant in part', '3'],
      ['state-store 1.0', 'one that merges', 'conformant in part', '3'],
    ]);
  });

  it('writes a report of each run to a folder', async () => {
    const folder = join(temporaryFolder(), 'reports');
    const files = [fixture('memory-subject'), fixture('broken-subject')];
    await run('check', ...files, '--only', 'state-store.values', '--report', folder);
    expect(readdirSync(folder).sort()).toEqual([
      'state-store-memory.json',
      'state-store-one-that-merges.json',
    ]);
    const { code, stderr } = await run('check', ...files, '--report', join(folder, 'one.json'));
    expect(stderr).toContain('one.json is one file and there are 2 runs');
    expect(code).toBe(3);
  });

  it('exits with 2 when nothing was executed', async () => {
    const only = ['--only', 'state-store.clients.close-alone'];
    expect((await run('check', fixture('memory-subject'), ...only)).code).toBe(2);
    const none = await run('check', fixture('memory-subject'), ...only, '--profile', 'restart');
    expect(none).toMatchObject({ code: 2, stdout: expect.stringContaining('nothing was checked') });
  });

  it('exits with 2 and names at the very end what was blocked, every reason once', async () => {
    const { code, stdout } = await run('check', fixture('unavailable-subject'));
    expect(stdout).toMatch(
      /blocked \d+ checks: no container engine answers\n {2}all of state-store on a state store\n {2}all of run-store on a run store\n$/,
    );
    expect(code).toBe(2);
  });

  it('goes on with the other runs when one cannot be opened, and exits with 3', async () => {
    const file = ownContract("subject: () => { throw new Error('wrong password'); }");
    const { code, stdout, stderr } = await run('check', file, fixture('memory-subject'));
    expect(stderr).toContain('own on mine could not be checked: Error: wrong password');
    expect(stdout).toContain('state-store 1.0 on memory: conformant');
    expect(code).toBe(3);
  });

  it('refuses two runs that reports could not tell apart', async () => {
    const { code, stderr } = await run('check', fixture('memory-subject'), fixture('memory-subject'));
    expect(stderr).toContain('both have a run of state-store on memory');
    expect(code).toBe(3);
  });
});

describe('aiwork-contract replay', () => {
  it('prints what the check kept as evidence', async () => {
    const close = 'close: async () => {}';
    const file = ownContract(
      `subject: () => ({ secondClient: true, service: { skipped: 'none' }, open: () => ({ capabilities: {}, ${close} }) })`,
    );
    const { code, stdout } = await run('replay', file, 'own.all.one', '5');
    expect(stdout).toContain('evidence calls: [1,2]\n');
    expect(stdout).toMatch(/own 1\.0 on mine: conformant\n1 passed, .*, seed 5\n$/);
    expect(code).toBe(0);
  });
});

describe('aiwork-contract', () => {
  it.each([
    ['a file that is not there', ['check', 'no-such.ts'], 'there is no file no-such.ts'],
    [
      'a file without a run',
      ['check', fileURLToPath(import.meta.resolve('leven'))],
      'exports no contract run',
    ],
    ['a file that cannot be loaded', ['check', 'README.md'], 'README.md cannot be loaded'],
    ['no file', ['check'], 'name the file'],
    [
      'an unknown check',
      ['check', fixture('memory-subject'), '--only', 'state-store.tl'],
      'there is no check or group "state-store.tl": did you mean "state-store.ttl"?',
    ],
    [
      'an unknown profile',
      ['check', fixture('memory-subject'), '--profile', 'core,fault'],
      'there is no profile "fault": did you mean "faults"?',
    ],
    ['a seed that is no number', ['check', fixture('memory-subject'), '--seed', 'x'], '--seed is "x"'],
    ['no concurrency', ['check', fixture('memory-subject'), '--concurrency', '0'], 'of at least 1'],
    ['an unknown option', ['list', '--sed', '1'], 'there is no option "--sed"'],
    ['a slip in an option', ['sabotage', '--sed', '1'], 'did you mean "--seed"?'],
    ['an unknown command', ['chekc'], 'there is no command "chekc": did you mean "check"?'],
    ['no command', [], 'aiwork-contract check FILE'],
    ['an unknown contract', ['list', 'state-stor'], 'did you mean "state-store"?'],
    [
      'a check that nobody knows',
      ['explain', 'state-store.ttl.not-lat'],
      'did you mean "state-store.ttl.not-late"?',
    ],
    [
      'a replay without a seed',
      ['replay', fixture('memory-subject'), 'state-store.ttl.not-late'],
      'the seed',
    ],
  ])('exits with 3 for %s, and says it on stderr', async (_name, args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(3);
  });

  it.each(['check', 'replay', 'list', 'explain', 'matrix', 'sabotage'])('helps with %s', async (name) => {
    const { code, stdout } = await run(name, '--help');
    expect(stdout).toContain(`aiwork-contract ${name} `);
    expect(code).toBe(0);
    expect((await run('--help')).stdout).toContain(`aiwork-contract ${name} `);
  });

  it('lists every check, or those of one contract', async () => {
    const idsOf = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]);
    const all = contracts.flatMap(({ contract }) => checksOf(contract).map(({ id }) => id));
    expect(idsOf((await run('list')).stdout)).toEqual(all);
    const own = all.filter((id) => id.startsWith('run-store.'));
    expect(idsOf((await run('list', 'run-store')).stdout)).toEqual(own);
  });

  it('explains a check: its rule, what it needs, whom it catches and how it is run', async () => {
    const { stdout } = await run('explain', 'run-store.leases.one-owner');
    expect(stdout).toContain('kills     lease-for-everybody: Gives the lease to whoever asks');
    expect(stdout).toContain('replay    aiwork-contract replay FILE run-store.leases.one-owner SEED');
    expect((await run('explain', 'state-store.clients.see-each-other')).stdout).toContain(
      'needs     second-client',
    );
  });

  it('shows that every saboteur of a contract is caught', { timeout: 120_000 }, async () => {
    const { code, stdout, stderr } = await run('sabotage', 'guardrail');
    expect(stdout).toMatch(/guardrail: (\d+) of \1 saboteurs caught by \d+ checks\n$/);
    expect(stderr).toMatch(/\[ ?1\/\d+\] caught {2}\S+ {2}\d+ ms/);
    expect(code).toBe(0);
  });
});
