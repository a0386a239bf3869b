import { describe, expect, it, vi } from 'vitest';
import { aiwork, flowFile } from './aiwork.fixture.ts';

vi.setConfig({ testTimeout: 30_000 });

/** `aiwork queue` about a queue with so many dead letters. */
function queue(words: string, deadLetters = 2) {
  const [command = '', ...rest] = words.split(' ').filter((word) => word !== '');
  const args = ['queue', command, flowFile('dead-letters.ts'), '--queue', 'pages', ...rest];
  return aiwork(args, { env: { DEAD_LETTERS: String(deadLetters), FORCE_COLOR: '0' } });
}

const linesOf = (text: string) => text.trim().split('\n');

describe.concurrent('aiwork queue', () => {
  it('counts what is waiting, in flight and given up', async () => {
    const { code, stdout } = await queue('show');
    expect(code).toBe(0);
    expect(stdout).toBe(
      ['queue      pages', 'group      aiwork', 'waiting    0', 'in flight  0', 'given up   2', ''].join(
        '\n',
      ),
    );
  });

  it('counts for one group', async () => {
    const { stdout } = await queue('show --group others --json');
    expect(JSON.parse(stdout)).toMatchObject({ queue: 'pages', group: 'others', deadLettered: 0 });
  });

  it('lists dead letters in the order in which they were given up, one a line', async () => {
    const { code, stdout, stderr } = await queue('dead-letters');
    const [head, first, second, ...more] = linesOf(stdout);
    expect(head).toMatch(/^LETTER +GIVEN UP +DELIVERIES +RUN +ERROR$/);
    expect(first).toMatch(/^1 +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ +1 +run-1 +no page for run-1$/);
    expect(second).toContain('run-2');
    expect([more, stderr, code]).toEqual([[], '', 0]);
  });

  it('says that there are more than it lists, and that there are none', async () => {
    const [some, none] = await Promise.all([queue('dead-letters -n 1'), queue('dead-letters', 0)]);
    expect(linesOf(some.stdout)).toHaveLength(2);
    expect(some.stderr).toBe('More dead letters than 1: raise --limit.\n');
    expect(none).toEqual({ code: 0, stdout: '', stderr: 'No dead letters.\n' });
  });

  it('gives each dead letter as a line of JSON', async () => {
    const { stdout } = await queue('dead-letters --json');
    expect(linesOf(stdout).map((line) => JSON.parse(line))).toMatchObject([
      { id: '1', job: { runId: 'run-1' }, error: { message: 'no page\nfor run-1' }, deliveries: 1 },
      { id: '2', job: { runId: 'run-2' } },
    ]);
  });

  it('shows one in full, also one that is far down', async () => {
    const { stdout, code } = await queue('dead-letters --letter 601', 700);
    expect(stdout).toMatch(/^run +run-601$/m);
    expect(stdout).toMatch(/^key +site$/m);
    expect(stdout).toMatch(/^error: no page for run-601\n +at .*dead-letters\.ts/m);
    expect(stdout).toMatch(/^ +caused by: 404$/m);
    expect(code).toBe(0);
    const missing = await queue('dead-letters --letter 3');
    expect(missing.stderr).toContain('group aiwork of queue pages has no dead letter "3"');
    expect(missing.code).toBe(2);
  });

  it('puts back those that are named, and says which are not there', async () => {
    const { code, stdout, stderr } = await queue('redrive 2 77');
    expect(stdout).toBe('Put back 1 dead letter.\n');
    expect(stderr).toBe('1 of those named are not there, or were put back before.\n');
    expect(code).toBe(0);
  });

  it('puts back all that are there, and none twice that is given up again meanwhile', async () => {
    const { code, stdout } = await queue('redrive --all --json', 1234);
    expect(JSON.parse(stdout)).toEqual({ queue: 'pages', group: 'aiwork', redriven: 1234 });
    expect(code).toBe(0);
  });

  it('wants dead letters named, or --all', async () => {
    const [neither, both] = await Promise.all([queue('redrive'), queue('redrive 1 --all')]);
    expect(neither.stderr).toContain('no dead letter is named');
    expect(both.stderr).toContain('either name dead letters, or say --all');
    expect([neither.code, both.code]).toEqual([2, 2]);
  });

  it('says that a flow file brings no queue, and that none is named', async () => {
    const none = await aiwork(['queue', 'show', flowFile('greet.ts'), '--queue', 'pages']);
    expect(none.stderr).toContain('greet.ts provides a queue');
    expect(none.stderr).toContain('hint: name one in it');
    expect(none.code).toBe(2);
    const unnamed = await aiwork(['queue', 'show', flowFile('greet.ts')]);
    expect(unnamed.stderr).toContain("required option '-q, --queue <name>' not specified");
    expect(unnamed.code).toBe(2);
  });
});
