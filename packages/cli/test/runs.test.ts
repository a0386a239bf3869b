import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { aiwork, flowFile, newFolder, start } from './aiwork.fixture.ts';

vi.setConfig({ testTimeout: 30_000 });

const newState = async () => join(await newFolder(), 'deep', 'runs.db');

describe('Ctrl-C', () => {
  it('cancels the run, undoes it, says so, and ends with 3', async () => {
    const { child, seen, finished } = start(['run', flowFile('slow.ts')]);
    await seen('working');
    child.kill('SIGINT');
    const { code, stderr } = await finished;
    expect(stderr).toMatch(
      /Cancelling run .*Ctrl-C again quits[\s\S]*took the booking back[\s\S]*↶ book undone[\s\S]*was cancelled/,
    );
    expect(code).toBe(3);
  });

  it('quits at once the second time', async () => {
    const { child, seen, finished } = start(['run', flowFile('slow.ts'), '-i', '{"deaf":true}']);
    await seen('working');
    child.kill('SIGINT');
    await seen('Cancelling');
    child.kill('SIGINT');
    expect((await finished).code).toBe(130);
  });

  it('ends a run in memory that waits, which nothing else could', async () => {
    const { child, seen, finished } = start(['run', flowFile('approval.ts')], { env: { AIWORK_STATE: '' } });
    await seen('start it with --state FILE');
    child.kill('SIGINT');
    expect((await finished).code).toBe(3);
  });

  it('is what SIGTERM does, too', async () => {
    const { child, seen, finished } = start(['run', flowFile('slow.ts'), '--json']);
    await seen('working');
    child.kill('SIGTERM');
    const { code, stdout } = await finished;
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'result',
      status: 'cancelled',
    });
    expect(code).toBe(3);
  });
});

describe('runs in a state file', () => {
  it('are listed and shown', async () => {
    const state = await newState();
    await aiwork(['run', flowFile('greet.ts'), '--state', state, '--run-id', 'first', '-t', 'nightly']);
    await aiwork(['run', flowFile('failing.ts'), '--state', state, '--run-id', 'second']);
    const list = await aiwork(['runs', 'list', '--state', state]);
    expect(list.stdout).toMatch(
      /^RUN +FLOW +STATUS.*\nsecond +failing +failed .*\nfirst +greeting +succeeded .*nightly/,
    );
    const env = { AIWORK_STATE: state };
    const failed = await aiwork(['runs', 'list', '--status', 'failed', '--json'], { env });
    expect(JSON.parse(failed.stdout)).toMatchObject({ id: 'second', unitId: 'failing' });
    expect((await aiwork(['runs', 'list', '--tag', 'nightly', '--json'], { env })).stdout).toContain(
      '"first"',
    );
    const shown = await aiwork(['runs', 'show', 'second'], { env });
    expect(shown.stdout).toMatch(
      /status +failed[\s\S]*✖ fetch .*the other side said no[\s\S]*error: step "fetch" failed after 2 attempts/,
    );
    const json = JSON.parse((await aiwork(['runs', 'show', 'first', '--json'], { env })).stdout);
    expect(json).toMatchObject({ record: { id: 'first' }, events: expect.arrayContaining([]) });
    const typo = await aiwork(['runs', 'show', 'frist'], { env });
    expect(typo.stderr).toContain('Did you mean "first"?');
    expect(typo.code).toBe(2);
  });

  it('can be asked for their timeline later', async () => {
    const state = await newState();
    const page = join(state, '../page.html');
    await aiwork(['run', flowFile('greet.ts'), '--state', state, '--run-id', 'r']);
    await aiwork(['runs', 'show', 'r', '--state', state, '--timeline', page]);
    expect(await readFile(page, 'utf8')).toContain('<html');
  });

  it('refuse an id that is taken, and say how to go on', async () => {
    const state = await newState();
    await aiwork(['run', flowFile('greet.ts'), '--state', state, '--run-id', 'r']);
    const again = await aiwork(['run', flowFile('greet.ts'), '--state', state, '--run-id', 'r']);
    expect(again.stderr).toMatch(/AIWORK_RUN_EXISTS[\s\S]*runs resume r .*greet\.ts --state .*runs\.db;/);
    expect(again.code).toBe(2);
  });

  it('are cancelled from another process', async () => {
    const state = await newState();
    const { seen, finished } = start(['run', flowFile('slow.ts'), '--state', state, '--run-id', 'r']);
    await seen('working');
    const { code } = await aiwork(['runs', 'cancel', 'r', '--state', state, '--reason', 'enough']);
    expect(code).toBe(0);
    const cancelled = await finished;
    expect(cancelled.stderr).toContain('took the booking back');
    expect(cancelled.code).toBe(3);
    const again = await aiwork(['runs', 'cancel', 'r', '--state', state]);
    expect(again.stderr).toContain('over already: it was cancelled');
  });

  it('are answered from another process while they wait', async () => {
    const state = await newState();
    const { seen, finished } = start(['run', flowFile('approval.ts'), '--state', state, '--run-id', 'r']);
    await seen('aiwork runs signal r approve JSON');
    const refused = await aiwork(['runs', 'signal', 'r', 'aprove', '{"approved":true}', '--state', state]);
    expect(refused.stderr).toContain('Did you mean "approve"?');
    expect(refused.code).toBe(2);
    const sent = await aiwork(['runs', 'signal', 'r', 'approve', '{"approved":true}', '--state', state]);
    expect(sent.code).toBe(0);
    const { stdout, stderr, code } = await finished;
    expect(stderr).toContain('◆ approve waits for a signal Publish a draft?');
    expect(stdout).toBe('published a draft\n');
    expect(code).toBe(0);
  });

  it('are left waiting with --no-wait, answered, and resumed', async () => {
    const state = await newState();
    const left = await aiwork([
      'run',
      flowFile('approval.ts'),
      '--state',
      state,
      '--run-id',
      'r',
      '--no-wait',
    ]);
    expect(left.stderr).toContain(`aiwork runs resume r ${flowFile('approval.ts')} --state ${state}`);
    expect(left.code).toBe(4);
    await aiwork(['runs', 'signal', 'r', 'approve', '{"approved":false}', '--state', state]);
    const { code, stdout, stderr } = await aiwork([
      'runs',
      'resume',
      'r',
      flowFile('approval.ts'),
      '--state',
      state,
    ]);
    expect(stdout).toBe('dropped\n');
    expect(stderr).not.toContain('draft done');
    expect(stderr, 'it was answered').not.toContain('waits for a signal');
    expect(code).toBe(0);
  });

  it('go on after kill -9 without running finished steps again', async () => {
    const state = await newState();
    const log = join(await newFolder(), 'log');
    const input = JSON.stringify({ log });
    const killed = await aiwork([
      'run',
      flowFile('crash.ts'),
      '--state',
      state,
      '--run-id',
      'r',
      '-i',
      input,
    ]);
    expect(killed.code).toBe(null);
    const { code, stdout, stderr } = await aiwork([
      'runs',
      'resume',
      'r',
      flowFile('crash.ts'),
      '--state',
      state,
    ]);
    expect(stderr).toContain('Waiting for the process that works on run r');
    expect(stdout).toBe('survived\n');
    expect(code).toBe(0);
    expect(await readFile(log, 'utf8')).toBe('first\nlast\n');
  });

  it('are kept where a plugin of the flow file keeps them', async () => {
    const env = { OWN_STATE: join(await newFolder(), 'own.db') };
    const file = flowFile('own-store.ts');
    await aiwork(['run', file, '--run-id', 'r'], { env });
    expect((await aiwork(['runs', 'list', '--file', file, '--json'], { env })).stdout).toContain('"id":"r"');
    expect((await aiwork(['runs', 'show', 'r', '--file', file], { env })).stdout).toContain(
      'kept by a plugin',
    );
  });

  it('are undone when they are resumed, if the process that worked on them is gone when they are cancelled', async () => {
    const state = await newState();
    const left = start([
      'run',
      flowFile('slow.ts'),
      '--state',
      state,
      '--run-id',
      'r',
      '-i',
      '{"deaf":true}',
    ]);
    await left.seen('working');
    left.child.kill('SIGINT');
    await left.seen('Cancelling');
    left.child.kill('SIGINT');
    expect((await left.finished).code).toBe(130);
    const shown = await aiwork(['runs', 'show', 'r', '--state', state]);
    expect(shown.stdout).toMatch(/status +running/);
    const cancelled = await aiwork(['runs', 'cancel', 'r', '--state', state]);
    expect(cancelled.stderr).toContain('is asked to stop');
    const resumed = await aiwork(['runs', 'resume', 'r', flowFile('slow.ts'), '--state', state]);
    expect(resumed.stderr).toContain('took the booking back');
    expect(resumed.code).toBe(3);
  });

  it('are not looked for in a file of another kind', async () => {
    const { code, stderr } = await aiwork(['runs', 'list', '--state', flowFile('greet.ts')]);
    expect(stderr).toContain('AIWORK_CORRUPT_DATA');
    expect(code).toBe(1);
  });

  it('are run again from a step, as a new run', async () => {
    const state = await newState();
    const greet = flowFile('greet.ts');
    await aiwork(['run', greet, '--state', state, '--run-id', 'r', '-i', '{"name":"Ada"}']);
    const rerun = ['runs', 'rerun', 'r', greet, '--state', state];
    const typo = await aiwork([...rerun, '--from', 'shuot']);
    expect(typo.stderr).toMatch(/has no step "shuot"\. Did you mean "shout"\?/);
    expect(typo.code).toBe(2);
    const again = await aiwork([...rerun, '--from', 'shout', '--run-id', 'r2']);
    expect(again.stdout).toContain('HELLO, ADA!');
    expect(again.stderr).not.toContain('hello started');
    expect(again.code).toBe(0);
    const wrong = await aiwork(['runs', 'rerun', 'r', flowFile('plain.js'), '--state', state]);
    expect(wrong.stderr).toMatch(/one of "greeting", and .* exports "plain"/);
    expect(wrong.code).toBe(2);
  });
});
