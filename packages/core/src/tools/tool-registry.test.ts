import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AiworkError } from '../errors.ts';
import { createOrchestrator } from '../orchestrator.ts';
import { defineTask } from '../units/task.ts';
import { type AnyTool, defineTool } from '../units/tool.ts';
import { createToolRegistry } from './tool-registry.ts';

function tool(name: string, more: Partial<Parameters<typeof defineTool>[0]> = {}): AnyTool {
  const input = z.object({ text: z.string() });
  return defineTool({
    name,
    description: `Does ${name}.`,
    input,
    run: ({ text }: { text: string }) => text,
    ...more,
  } as never);
}

describe('a tool registry', () => {
  it('knows what is registered, and no longer what was taken away', () => {
    const registry = createToolRegistry();
    const takeBack = registry.register(tool('a'));
    registry.register(tool('b'));
    expect(registry.list().map(({ name }) => name)).toEqual(['a', 'b']);
    takeBack();
    expect(registry.unregister('b')).toBe(true);
    expect(registry.unregister('b')).toBe(false);
    expect(registry.list()).toEqual([]);
  });

  it('describes its tools', () => {
    const registry = createToolRegistry();
    registry.register(tool('say', { tags: ['voice'], output: z.string() }), { agent: 'parrot' });
    expect(registry.forAgent('parrot').list()).toEqual([
      {
        name: 'say',
        description: 'Does say.',
        tags: ['voice'],
        agent: 'parrot',
        inputSchema: expect.objectContaining({ type: 'object', required: ['text'] }),
        outputSchema: expect.objectContaining({ type: 'string' }),
      },
    ]);
  });

  it('shows an agent its own tools and those for all, its own first', () => {
    const registry = createToolRegistry();
    const forAll = tool('search');
    const own = tool('search');
    registry.register(forAll);
    registry.register(own, { agent: 'x' });
    registry.register(tool('other'), { agent: 'y' });
    expect(registry.forAgent('x').tools()).toEqual([own]);
    expect(registry.forAgent('z').tools()).toEqual([forAll]);
    expect(registry.tools()).toEqual([forAll]);
  });

  it('shows an agent what is registered after it asked', () => {
    const registry = createToolRegistry();
    const mine = registry.forAgent('x');
    registry.register(tool('late'), { agent: 'x' });
    expect(mine.tools().map(({ id }) => id)).toEqual(['late']);
  });

  it('refuses a second tool of one name, and what is no tool', () => {
    const registry = createToolRegistry();
    registry.register(tool('a'));
    registry.register(tool('a'), { agent: 'x' });
    expect(() => registry.register(tool('a'))).toThrow(
      expect.objectContaining({ code: 'AIWORK_DUPLICATE_ID' }),
    );
    expect(() => registry.register(tool('a'), { agent: 'x' })).toThrow('of agent "x"');
    const task = defineTask({ id: 'a', input: z.string(), run: () => 1 });
    expect(() => registry.register(task as never)).toThrow(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }),
    );
  });

  it('refuses a tool no model could be told of', () => {
    const input = { '~standard': { version: 1, vendor: 'bare', validate: (value: unknown) => ({ value }) } };
    expect(() => createToolRegistry().register(tool('a', { input: input as never }))).toThrow(
      expect.objectContaining({ code: 'AIWORK_NO_JSON_SCHEMA' }),
    );
  });

  it('does not take away a tool that took the place of the one it was asked to take back', () => {
    const registry = createToolRegistry();
    const takeBack = registry.register(tool('a'));
    registry.unregister('a');
    registry.register(tool('a'));
    takeBack();
    expect(registry.list()).toHaveLength(1);
  });

  it.each(['__proto__', 'constructor', 'toString'])('has no tool called %s by accident', async (name) => {
    const registry = createToolRegistry();
    expect(registry.unregister(name, { agent: name })).toBe(false);
    expect(await registry.forAgent(name).call(name, {})).toMatchObject({
      ok: false,
      error: { code: 'AIWORK_TOOL_NOT_FOUND' },
    });
  });
});

describe('calling a registered tool', () => {
  const registry = createToolRegistry();
  registry.register(tool('echo', { output: z.string() }));
  registry.register(
    tool('fail', {
      run: () => {
        throw new AiworkError('AIWORK_STORE_BUSY', 'try later', { retryable: true });
      },
    }),
  );
  registry.register(tool('lie', { output: z.number() }));
  registry.register(
    tool('reach', { run: (_: unknown, ctx: { use(slot: string): unknown }) => ctx.use('memory') } as never),
  );
  registry.register(
    tool('nest', {
      run: (_: unknown, ctx: { run(unit: AnyTool, input: unknown): unknown }) => ctx.run(tool('x'), {}),
    } as never),
  );
  registry.register(
    tool('alone', {
      run: async (_: unknown, ctx: Parameters<AnyTool['run']>[1]) => {
        ctx.log.info('hi');
        ctx.emit('hi');
        return ctx.once('k', (key) => `${ctx.attempt} ${key.endsWith('-k')}`);
      },
    } as never),
  );

  it('gives its value', async () => {
    expect(await registry.call('echo', { text: 'hi' })).toEqual({ ok: true, value: 'hi' });
  });

  it('gives everything a run would, outside of one', async () => {
    expect(await registry.call('alone', { text: '' })).toEqual({ ok: true, value: '1 true' });
  });

  it.each([
    ['nothing', {}, 'AIWORK_TOOL_NOT_FOUND', /"nothing"/],
    ['echo', { text: 7 }, 'AIWORK_INVALID_INPUT', /text/],
    ['lie', { text: 'a' }, 'AIWORK_INVALID_OUTPUT', /output of tool "lie"/],
    ['reach', { text: '' }, 'AIWORK_INVALID_ARGUMENT', /not called from a run/],
    ['nest', { text: '' }, 'AIWORK_INVALID_ARGUMENT', /not called from a run/],
  ])('gives what went wrong with %s as data', async (name, input, code, message) => {
    expect(await registry.call(name, input)).toEqual({
      ok: false,
      error: { code, message: expect.stringMatching(message), retryable: false },
    });
  });

  it('says whether trying again may help', async () => {
    expect(await registry.call('fail', { text: '' })).toMatchObject({ error: { retryable: true } });
  });

  it('throws only when it is told to stop', async () => {
    const reason = new Error('stop');
    await expect(registry.call('echo', { text: '' }, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });

  it('is a part of the step whose context it is given', async () => {
    const agentLike = defineTask({
      id: 'caller',
      input: z.string(),
      run: (text, ctx) => registry.call('echo', { text }, { ctx }),
    });
    await using ai = createOrchestrator();
    const run = await ai.start(agentLike, 'hi');
    expect(await run.result()).toEqual({ ok: true, value: 'hi' });
    const steps: string[] = [];
    for await (const event of run) if (event.type === 'step.succeeded') steps.push(event.stepId);
    expect(steps).toEqual(['caller/echo', 'caller']);
  });
});

describe('the tools of a registry in other forms', () => {
  const registry = createToolRegistry();
  registry.register(tool('b', { output: z.object({ length: z.number() }) }));
  registry.register(tool('a', { output: z.number() }));

  it('are functions for OpenAI', () => {
    expect(registry.toOpenAI()).toEqual(
      ['a', 'b'].map((name) => ({
        type: 'function',
        function: {
          name,
          description: `Does ${name}.`,
          parameters: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
        },
      })),
    );
  });

  it('are a tools/list result for MCP, with the schema of results that are objects', () => {
    const { tools } = registry.toMCP();
    expect(tools.map(({ name, outputSchema }) => [name, outputSchema?.['type']])).toEqual([
      ['a', undefined],
      ['b', 'object'],
    ]);
  });

  it('hold schemas that a validator takes', () => {
    for (const { inputSchema } of registry.toMCP().tools) {
      const { $schema: _, ...schema } = inputSchema;
      const valid = new Ajv().compile(schema);
      expect([valid({ text: 'a' }), valid({ text: 1 })]).toEqual([true, false]);
    }
  });

  it('refuse an input that is no object in MCP', () => {
    const plain = createToolRegistry();
    plain.register(tool('plain', { input: z.string() as never }));
    expect(() => plain.toMCP()).toThrow(expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }));
    expect(plain.toOpenAI()).toHaveLength(1);
  });
});
