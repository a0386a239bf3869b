import { defineTask } from '@aiwork/core';
import { ProtocolErrorCode } from '@modelcontextprotocol/client';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { metaFields } from '../meta-fields.ts';
import { eras, serve, textOf, units } from './serve.fixture.ts';

vi.setConfig({ testTimeout: 120_000, expect: { poll: { timeout: 60_000 } } });

describe.each(eras)('a %s client', (era) => {
  it('finds a tool for each unit, with what it takes and gives', async () => {
    const { connect } = await serve();
    const { tools } = await (await connect(era)).listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'double',
      'add',
      'broken',
      'ask',
      'endless',
      expect.stringMatching(/^three_steps_[0-9a-f]{8}$/),
      'greeter',
      'nested',
      'aiwork_run',
      'aiwork_answer',
      'aiwork_cancel',
    ]);
    expect(tools[1]).toMatchObject({
      title: 'add',
      description: 'Adds two numbers.',
      inputSchema: { type: 'object', required: ['a', 'b'] },
      outputSchema: { type: 'object', required: ['sum'] },
    });
    // What is no object is put into one.
    expect(tools[0]).toMatchObject({
      inputSchema: { type: 'object', properties: { input: { type: 'number' } }, required: ['input'] },
      outputSchema: { type: 'object', properties: { result: { type: 'number' } } },
    });
    expect(tools[3]?.description).toBe('Runs the flow "ask": may, end. It asks for an answer at "may".');
    expect(tools[3]?.outputSchema).toBeUndefined();
  });

  it('calls one, which is a run', async () => {
    const { connect, orchestrator } = await serve();
    const client = await connect(era);
    const sum = await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } });
    expect(sum.structuredContent).toEqual({ sum: 3 });
    expect(textOf(sum)).toBe('{"sum":3}');
    const runId = sum._meta?.[metaFields.runId];
    expect((await orchestrator.get(String(runId)))?.status).toBe('succeeded');
    const doubled = await client.callTool({ name: 'double', arguments: { input: 21 } });
    expect(doubled.structuredContent).toEqual({ result: 42 });
    const greeting = await client.callTool({ name: 'greeter', arguments: { input: 'I am Ada.' } });
    expect(textOf(greeting)).toBe('Hello, Ada!');
  });

  it('is told what went wrong by the result, which a model can read', async () => {
    const { connect, orchestrator } = await serve();
    const client = await connect(era);
    const failed = await client.callTool({ name: 'broken', arguments: {} });
    expect(failed.isError).toBe(true);
    expect(textOf(failed)).toMatch(
      /^Run \S+ failed: step "broken" failed: the disk is full \(AIWORK_STEP_FAILED\)$/,
    );
    expect(failed._meta?.[metaFields.status]).toBe('failed');
    const refused = await client.callTool({ name: 'ask', arguments: { name: 7 } });
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toMatch(/name: .*expected string.*\(AIWORK_INVALID_INPUT\)/);
    const unfit = await client.callTool({ name: 'double', arguments: { input: 'two' } });
    expect(unfit.isError).toBe(true);
    expect(textOf(unfit)).toMatch(
      /^input of task "double" is invalid: .*expected number.*\(AIWORK_INVALID_INPUT\)$/,
    );
    expect((await orchestrator.list()).items, 'what is refused is no run').toHaveLength(1);
    await expect(client.callTool({ name: 'nothing', arguments: {} })).rejects.toThrow(
      'there is no tool "nothing"',
    );
  });

  it('is answered with the run there is when it sends a key again', async () => {
    const { connect } = await serve();
    const client = await connect(era);
    const call = () =>
      client.callTool({
        name: 'add',
        arguments: { a: 1, b: 2 },
        _meta: { [metaFields.idempotencyKey]: 'once' },
      });
    const [first, second] = [await call(), await call()];
    expect(first._meta?.[metaFields.runId]).toBe(second._meta?.[metaFields.runId]);
  });

  it('says of which trace a run is a part', async () => {
    const { connect, orchestrator } = await serve();
    const client = await connect(era);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    for (const _meta of [{ traceparent }, { traceparent: 'none' }]) {
      await client.callTool({ name: 'add', arguments: { a: 1, b: 2 }, _meta });
    }
    const { items } = await orchestrator.list();
    expect(items.map(({ trace }) => trace)).toEqual([undefined, { traceparent }]);
  });

  it('sees how far a run has come', async () => {
    const { connect } = await serve();
    const client = await connect(era);
    const { tools } = await client.listTools();
    const name = String(tools[5]?.name);
    const seen: unknown[] = [];
    await client.callTool({ name, arguments: {} }, { onprogress: (progress) => seen.push(progress) });
    expect(seen).toEqual([
      { progress: 1, total: 3, message: 'first succeeded' },
      { progress: 2, total: 3, message: 'second succeeded' },
      { progress: 3, total: 3, message: 'third succeeded' },
    ]);
  });

  it('stops a run by giving up its call', async () => {
    const { connect, orchestrator } = await serve();
    const client = await connect(era);
    const stop = new AbortController();
    const call = client.callTool({ name: 'endless', arguments: {} }, { signal: stop.signal });
    await expect.poll(async () => (await orchestrator.list()).items[0]?.status).toBe('running');
    stop.abort('enough');
    await expect(call).rejects.toThrow();
    await expect.poll(async () => (await orchestrator.list()).items[0]?.status).toBe('cancelled');
  });

  it('is told how to wait on when a run takes longer than a call may', async () => {
    const { connect, orchestrator } = await serve({ maxWaitMs: 1000 });
    const client = await connect(era);
    const begun = await client.callTool({ name: 'endless', arguments: {} });
    expect(textOf(begun)).toMatch(/^Run \S+ is still at work, and goes on\. Call aiwork_run with/);
    expect(begun.isError).toBeUndefined();
    const run = String(begun._meta?.[metaFields.runId]);
    expect(
      (await client.callTool({ name: 'aiwork_run', arguments: { run } }))._meta?.[metaFields.status],
    ).toBe('running');
    await orchestrator.cancel(run, 'enough');
    const ended = await client.callTool({ name: 'aiwork_run', arguments: { run } });
    expect(textOf(ended)).toContain('was cancelled: ');
  });

  it('answers what a run waits for', async () => {
    const { connect } = await serve();
    const client = await connect(era);
    const asked = await client.callTool({ name: 'ask', arguments: { name: 'Ada' } });
    expect(textOf(asked)).toContain('"step":"may"} May Ada? Payload: {');
    const run = String(asked._meta?.[metaFields.runId]);
    const answer = (payload: unknown) =>
      client.callTool({ name: 'aiwork_answer', arguments: { run, step: 'may', payload } });
    expect(textOf(await answer({ yes: 'perhaps' }))).toContain('AIWORK_INVALID_INPUT');
    expect(textOf(await answer({ yes: true }))).toBe('done');
    expect(textOf(await answer({ yes: true }))).toContain('AIWORK_RUN_FINISHED');
  });

  it('answers what a flow within a flow waits for', async () => {
    const { connect } = await serve();
    const client = await connect(era);
    const asked = await client.callTool({ name: 'nested', arguments: {} });
    const run = String(asked._meta?.[metaFields.runId]);
    expect(textOf(asked)).toContain(`{"run":"${run}.inner","step":"may"} May Eve? Payload: {`);
    const answer = { run: `${run}.inner`, step: 'may', payload: { yes: true } };
    const done = await client.callTool({ name: 'aiwork_answer', arguments: answer });
    expect(textOf(done)).toBe('inner: done');
    expect(done._meta?.[metaFields.runId]).toBe(run);
  });

  it('is asked with a form when it shows them', async () => {
    const { connect } = await serve();
    const client = await connect(era, { capabilities: { elicitation: { form: {} } } });
    const questions: unknown[] = [];
    const answers = [{ action: 'accept' as const, content: { yes: true } }, { action: 'decline' as const }];
    client.setRequestHandler('elicitation/create', ({ params }) => {
      questions.push(params);
      return answers[questions.length - 1] ?? { action: 'cancel' };
    });
    const done = await client.callTool({ name: 'ask', arguments: { name: 'Ada' } });
    expect(textOf(done)).toBe('done');
    expect(questions).toEqual([
      expect.objectContaining({
        message: 'May Ada?',
        requestedSchema: expect.objectContaining({
          properties: { yes: { type: 'boolean' } },
          required: ['yes'],
        }),
      }),
    ]);
    const left = await client.callTool({ name: 'ask', arguments: { name: 'Bob' } });
    expect(questions).toHaveLength(2);
    expect(textOf(left)).toContain('waits for an answer');
  });

  it('reads flows and journals', async () => {
    const { connect } = await serve();
    const client = await connect(era);
    const { _meta } = await client.callTool({ name: 'broken', arguments: {} });
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual([
      'aiwork://flows/ask',
      'aiwork://flows/three%20steps',
      'aiwork://flows/nested',
      `aiwork://runs/${_meta?.[metaFields.runId]}`,
    ]);
    const read = async (uri: string) => {
      const { contents } = await client.readResource({ uri });
      return JSON.parse(String((contents[0] as { text?: string }).text));
    };
    expect((await read('aiwork://flows/ask')).nodes.map(({ id }: { id: string }) => id)).toEqual([
      'may',
      'end',
    ]);
    const journal = await read(String(resources.at(-1)?.uri));
    expect(journal).toMatchObject({ unit: 'broken', status: 'failed' });
    expect(journal.events.at(-1)).toMatchObject({
      type: 'run.finished',
      error: { cause: { message: 'the disk is full' } },
    });
    expect(JSON.stringify(journal)).not.toMatch(/"stack"|"owner"/);
    await expect(client.readResource({ uri: 'aiwork://flows/none' })).rejects.toThrow();
    await expect(client.readResource({ uri: 'file:///etc/passwd' })).rejects.toThrow();
    await expect(client.listResources({ cursor: 'made up' })).rejects.toMatchObject({
      code: ProtocolErrorCode.InvalidParams,
      message: expect.stringContaining('cursor'),
    });
  });

  it('is told what the code of a run logs', async () => {
    const { connect, orchestrator } = await serve();
    const client = await connect(era);
    const lines: unknown[] = [];
    client.setNotificationHandler('notifications/message', ({ params }) => void lines.push(params));
    const stop = new AbortController();
    const call = client.callTool(
      { name: 'endless', arguments: {}, _meta: { 'io.modelcontextprotocol/logLevel': 'info' } },
      { signal: stop.signal },
    );
    await expect.poll(() => lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'info', logger: 'endless', data: { message: 'begun' } });
    stop.abort();
    await expect(call).rejects.toThrow();
    await expect.poll(async () => (await orchestrator.list()).items[0]?.status).toBe('cancelled');
  });
});

it('gives no more of a result than clients take', async () => {
  const options = { input: z.object({}), run: () => ({ text: 'x'.repeat(2_000_000) }) };
  const plain = defineTask({ id: 'plain', ...options });
  const announced = defineTask({ id: 'announced', output: z.object({ text: z.string() }), ...options });
  const { connect } = await serve({ units: [plain, announced] });
  const client = await connect();
  const call = (name: string) => client.callTool({ name, arguments: {} });
  const cut = await call('plain');
  expect(textOf(cut)).toHaveLength(1_000_000 + '… (1000011 more characters)'.length);
  expect(cut.isError).toBeUndefined();
  expect(await call('announced')).toMatchObject({ isError: true });
});

it('gives no more of a journal than clients take, and that the latest', async () => {
  const talk = defineTask({
    id: 'talk',
    input: z.object({}),
    run: (_, { emit }) => {
      for (let i = 0; i < 5; i += 1) emit('word', 'x'.repeat(300_000));
    },
  });
  const { connect } = await serve({ units: [talk] });
  const client = await connect();
  const { _meta } = await client.callTool({ name: 'talk', arguments: {} });
  const uri = `aiwork://runs/${_meta?.[metaFields.runId]}`;
  const [contents] = (await client.readResource({ uri })).contents;
  const text = contents && 'text' in contents ? contents.text : '';
  expect(text.length).toBeLessThan(1_001_000);
  const { eventsLeftOut, events } = JSON.parse(text);
  // Two of the beginning, five words, and two of the end.
  expect([eventsLeftOut, events.length]).toEqual([4, 5]);
  expect(events.at(-1)).toMatchObject({ type: 'run.finished' });
});

it('refuses units that runs could not tell apart, and to serve none', async () => {
  await expect(serve({ units: [] })).rejects.toThrow('units is empty');
  await expect(serve({ units: [...units, { ...units[0], kind: 'tool' } as never] })).rejects.toThrow(
    'units holds a task and a tool called "double"',
  );
});
