import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { aiwork, flowFile, newFolder, start } from './aiwork.fixture.ts';

// Each test starts several processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const runId = 'airflow/dag/1';

interface Task {
  readonly flow?: string;
  readonly args?: readonly string[];
  readonly request?: object;
}

const flows: Readonly<Record<string, string>> = {
  dates: 'days',
  numbers: 'days',
  squares: 'days',
  sum: 'days',
};

/** One task, with what it answered. */
async function task(step: string, { flow = flows[step] ?? 'troubled', args = [], request = {} }: Task = {}) {
  const stdin = JSON.stringify({ runId, input: flow === 'days' ? { from: '2027-03-04' } : {}, ...request });
  const about = step === '' ? [] : ['--step', step];
  const command = ['task', 'run', flowFile('task.ts'), '--flow', flow, ...about, ...args];
  const { code, stdout, stderr } = await aiwork(command, { stdin });
  expect(stdout).toMatch(/^$|^\{.*\}\n$/);
  return { code, stderr, answer: stdout === '' ? undefined : JSON.parse(stdout) };
}

describe.concurrent('aiwork task run', () => {
  it('gives task by task what the flow gives, with answers passed on as they are', async () => {
    const dates = await task('dates');
    expect(dates.code).toBe(0);
    expect(dates.stderr).toContain('written by the step\nand logged\n');
    const numbers = await task('numbers', { request: { needs: { dates: dates.answer } } });
    const needs = { numbers: numbers.answer };
    const { answer: items } = await task('squares', { args: ['--part', 'over'], request: { needs } });
    expect(items).toEqual({ status: 'succeeded', items: 1, output: [4] });
    const item = { index: 0, value: items.output[0] };
    const { answer: first } = await task('squares', { args: ['--part', 'item'], request: { item } });
    expect(first.output).toEqual({ stepId: 'squares[0]', square: 16 });
    const squares = { status: 'succeeded', outputs: [first] };
    const sum = await task('sum', { request: { needs: { squares } } });
    const whole = await aiwork(['run', flowFile('task.ts'), '-f', 'days', '-i', '{"from":"2027-03-04"}']);
    expect(sum.answer).toEqual({ status: 'succeeded', output: Number(whole.stdout) });
  });

  it('skips a step whose condition does not hold, and tells of the condition', async () => {
    const needs = { dates: { status: 'succeeded', output: { $aiwork: 'map', value: [] } } };
    const skipped = await task('numbers', { request: { needs } });
    expect(skipped).toMatchObject({ code: 0, answer: { status: 'skipped' } });
    const asked = await task('numbers', { args: ['--part', 'when'], request: { needs } });
    expect(asked).toMatchObject({ code: 0, answer: { status: 'succeeded', output: false } });
  });

  it('makes one attempt, and tells by its exit code whether another may help', async () => {
    const failed = await task('fails', { request: { attempt: 2 } });
    expect(failed.code).toBe(1);
    expect(failed.answer).toMatchObject({
      status: 'failed',
      error: { name: 'TypeError', message: 'the other side said no', stepId: 'fails', retryable: true },
    });
    expect(failed.stderr).toMatch(/● fails started, attempt 2\n✖ fails failed after/);
    expect(failed.stderr).not.toContain('attempt 3');
    const final = await task('invalid');
    expect(final).toMatchObject({
      code: 3,
      answer: { status: 'failed', error: { code: 'AIWORK_INVALID_INPUT' } },
    });
  });

  it('shows a step that settles how the others ended, errors as they were answered', async () => {
    const { answer: fails } = await task('fails');
    const none = { status: 'skipped' };
    const needs = {
      fails,
      invalid: none,
      charge: { status: 'cancelled' },
      hangs: none,
      deaf: none,
      exits: none,
    };
    const { answer } = await task('report', { request: { needs } });
    expect(answer.output).toEqual(needs);
  });

  it('does the steps of a sub-flow, with the input that the call gives it', async () => {
    const flow = 'around';
    const { answer: day } = await task('day', { flow });
    const { answer: given } = await task('month', {
      flow,
      args: ['--part', 'input'],
      request: { needs: { day } },
    });
    const request = { runId: `${runId}/month`, input: given.output };
    const name = await task('month/name', { flow, request });
    expect(name.answer).toEqual({ status: 'succeeded', output: [`${runId}/month`, '2027-03'] });
    const args = ['--inline-bytes', '4', '--out-dir', await newFolder()];
    const { answer: large } = await task('month', {
      flow,
      args: [...args, '--part', 'input'],
      request: { needs: { day } },
    });
    const fromFile = { runId: request.runId, input: undefined, inputRef: large.ref };
    expect((await task('month/name', { flow, args: args.slice(2), request: fromFile })).answer).toEqual(
      name.answer,
    );
    const none = await task('day/name', { flow, request });
    expect(none).toMatchObject({ code: 2, answer: undefined });
    expect(none.stderr).toContain('step "day" of flow "around" calls no flow');
  });

  it('tells the tasks of a flow how it ended', async () => {
    const flow = 'around';
    const request = { error: { name: 'Error', message: 'the other side said no', retryable: true } };
    const failure = await task('', { flow, args: ['--part', 'failure'], request });
    expect(failure.answer.output).toBe(`${runId}: the other side said no`);
    const cancel = await task('month', { flow, args: ['--part', 'cancel'], request });
    expect(cancel.answer.output).toBe(`${runId}: the other side said no`);
    const none = await task('', { flow, args: ['--part', 'cancel'], request });
    expect(none.stderr).toContain('flow "around" has no "$onCancel" that is told of an error');
    const unsaid = await task('', { flow, args: ['--part', 'failure'] });
    expect(unsaid.stderr).toContain('error of the request is missing');
    expect([none.code, unsaid.code]).toEqual([2, 2]);
  });

  it('refuses what it cannot do, without an answer', async () => {
    const unknown = await task('number', { flow: 'days' });
    expect(unknown).toMatchObject({ code: 2, answer: undefined });
    expect(unknown.stderr).toContain('flow "days" has no step "number"; its steps are "dates", "numbers"');
    const missing = await task('numbers');
    expect(missing).toMatchObject({ code: 2, answer: undefined });
    expect(missing.stderr).toContain('needs does not say how "dates" ended, which step "numbers" needs');
    const input = await task('dates', { request: { input: { from: 4 } } });
    expect(input).toMatchObject({ code: 2, answer: undefined });
    expect(input.stderr).toContain('AIWORK_INVALID_INPUT');
    const item = await task('squares', { args: ['--part', 'item'] });
    expect(item.stderr).toContain('item of the request is missing');
    const unsaid = await task('', { flow: 'days' });
    expect(unsaid.stderr).toContain('it is not said which step');
  });

  it('answers nothing when the code of a step ends the process', async () => {
    expect((await task('exits')).answer).toBeUndefined();
  });
});

describe.concurrent('outputs too large to be passed on', () => {
  const inFiles = async () =>
    ['--inline-bytes', '4', '--out-dir', join(await newFolder(), 'outputs')] as const;

  it('are kept in a folder, and read from there', async () => {
    const args = await inFiles();
    const { answer: dates } = await task('dates', { args });
    expect(dates).toEqual({
      status: 'succeeded',
      ref: { hash: expect.any(String), bytes: expect.any(Number) },
    });
    expect(await readdir(args[3])).toEqual([dates.ref.hash]);
    const numbers = await task('numbers', { args, request: { needs: { dates } } });
    expect(numbers.answer).toEqual({ status: 'succeeded', output: [4] });
    const long = { status: 'succeeded', output: [5, 6, 7] };
    const { answer: items } = await task('squares', {
      args: [...args, '--part', 'over'],
      request: { needs: { numbers: long } },
    });
    expect(items).toMatchObject({ items: 3, ref: { bytes: 7 } });
    const item = { index: 2, ref: items.ref };
    const last = await task('squares', { args: ['--out-dir', args[3], '--part', 'item'], request: { item } });
    expect(last.answer.output).toEqual({ stepId: 'squares[2]', square: 49 });
  });

  it('are refused when they are damaged, gone, or nobody says where they are', async () => {
    const args = await inFiles();
    const { answer: dates } = await task('dates', { args });
    const request = { needs: { dates } };
    const nowhere = await task('numbers', { request });
    expect(nowhere).toMatchObject({ code: 2, answer: undefined });
    expect(nowhere.stderr).toContain('name the folder it is in with --out-dir DIR');
    const gone = await task('numbers', { args: await inFiles(), request });
    expect(gone.stderr).toContain('ENOENT');
    await writeFile(join(args[3], dates.ref.hash), '{}');
    const damaged = await task('numbers', { args, request });
    expect(damaged.stderr).toContain('is not what was written there');
    expect([gone.code, damaged.code]).toEqual([2, 2]);
  });
});

describe.concurrent('attempts that are kept', () => {
  it('find the effects of the ones before, with one idempotency key', async () => {
    const folder = await newFolder();
    const [state, log] = [join(folder, 'runs.db'), join(folder, 'log')];
    const attempt = (number: number) =>
      task('charge', { args: ['--state', state], request: { input: { log }, attempt: number } });
    expect((await attempt(1)).code).toBe(1);
    expect((await attempt(2)).code).toBe(1);
    expect((await attempt(3)).answer).toEqual({ status: 'succeeded', output: 3 });
    expect(await readFile(log, 'utf8')).toMatch(/^charged [0-9a-f]{32}\n$/);
    const kept = await readFile(log, 'utf8');
    const runs = await aiwork(['runs', 'list', '--state', state]);
    expect(runs.stdout).toContain(`${runId}.charge~3`);
    // Where nothing is kept, the effect is there again, and its key tells the other side that it is the same.
    await task('charge', { request: { input: { log }, attempt: 4 } });
    expect(await readFile(log, 'utf8')).toBe(kept + kept);
  });

  it('go on with one whose process was killed', async () => {
    const folder = await newFolder();
    const [state, log] = [join(folder, 'runs.db'), join(folder, 'log')];
    const request = { runId, input: { log } };
    const args = [
      'task',
      'run',
      flowFile('task.ts'),
      '--flow',
      'troubled',
      '--step',
      'hangs',
      '--state',
      state,
    ];
    const { child, seen, finished } = start(args);
    child.stdin?.end(JSON.stringify(request));
    await seen('hanging');
    child.kill('SIGKILL');
    await finished;
    const next = await aiwork(args, { stdin: JSON.stringify({ ...request, attempt: 2 }) });
    expect(JSON.parse(next.stdout)).toEqual({ status: 'succeeded', output: 2 });
    expect(await readFile(log, 'utf8')).toBe('begun\n');
  });
});

describe.concurrent('SIGTERM', () => {
  it.each([
    ['tells the step to stop', 'hangs', 'the step was told to stop'],
    ['does not wait long for a step that does not', 'deaf', 'its code did not stop within 200 ms'],
  ])('%s, and gives no answer', async (_, step, told) => {
    const { child, seen, finished } = start([
      'task',
      'run',
      flowFile('task.ts'),
      '-f',
      'troubled',
      '--step',
      step,
    ]);
    child.stdin?.end(JSON.stringify({ runId, input: {} }));
    await seen('hanging');
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await finished;
    expect(stderr).toContain(told);
    expect([code, stdout]).toEqual([143, '']);
  });
});
