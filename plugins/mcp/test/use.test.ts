import { defineTool, requireJsonSchema } from '@aiwork/core';
import { describe, expect, it, vi } from 'vitest';
import { mcpTools } from '../src/index.ts';
import { isAlive, peerProgram, use } from './use.fixture.ts';

vi.setConfig({ testTimeout: 120_000, expect: { poll: { timeout: 60_000 } } });

describe('tools of a program', () => {
  it('are called, and give what they gave', async () => {
    const { program } = await peerProgram();
    const { call } = await use({ peer: program });
    expect(await call('echo', { words: 'good day' })).toBe('good day');
    expect(await call('structured')).toEqual({ n: 1 });
    expect(await call('picture')).toBe('here:\n[image: image/png, 300 bytes]');
    await expect(call('fail')).rejects.toThrow('the printer is out of paper');
    await expect(call('echo', { words: 1 })).rejects.toThrow(/words/);
    await expect(call('echo', 'words')).rejects.toThrow('has to be an object of arguments');
  });

  it('keep data for code that asks for it', async () => {
    const { program } = await peerProgram();
    const { call } = await use({ peer: program }, { media: 'keep' });
    expect(await call('picture')).toMatchObject({
      content: [{ text: 'here:' }, { type: 'image', mimeType: 'image/png', data: expect.any(String) }],
    });
    expect(await call('echo', { words: 'plain' })).toBe('plain');
  });

  it('give no more than a model can take', async () => {
    const { program } = await peerProgram();
    const { call } = await use({ peer: program }, { maxResultChars: 100 });
    expect(await call('huge')).toBe(`${'x'.repeat(100)}… (999900 more characters)`);
  });

  it('are told of a call what makes it the same', async () => {
    const { program } = await peerProgram();
    const { call } = await use({ peer: program });
    const keys = [await call('key'), await call('key')];
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('are stopped with the run, and tell how far they are', async () => {
    const { program, log } = await peerProgram();
    const { find, orchestrator } = await use({ peer: program });
    const run = await orchestrator.start(find('slow'), {});
    await expect.poll(log).toContain('slow\n');
    await run.cancel('enough');
    await expect.poll(log).toContain('slow was cancelled');
    const events = [];
    for await (const event of orchestrator.events(run.id)) events.push(event);
    expect(events.find(({ type }) => type === 'emitted')).toMatchObject({
      name: 'mcp.progress',
      data: { tool: 'slow', progress: 1, total: 2, message: 'half' },
    });
  });

  it('are stopped when they take too long', async () => {
    const { program, log } = await peerProgram();
    const { call } = await use({ peer: { ...program, callTimeoutMs: 300 } });
    await expect(call('slow')).rejects.toMatchObject({ code: 'AIWORK_MCP_TIMEOUT', retryable: true });
    await expect.poll(log).toContain('slow was cancelled');
  });

  it('may print, which is no message', async () => {
    const { program } = await peerProgram();
    const { call } = await use({ peer: program });
    expect(await call('print')).toBe('printed');
    expect(await call('echo', { words: 'and on' })).toBe('and on');
  });

  it('are shown as they come and go', async () => {
    const { program } = await peerProgram();
    const { call, names } = await use({ peer: program });
    expect(names()).not.toContain('grown');
    await call('grow');
    await expect.poll(names).toContain('grown');
    expect(await call('grown')).toBe('new');
  });

  it('see nothing of the environment but what programs need, and what they are given', async () => {
    vi.stubEnv('SECRET_OF_THIS_PROCESS', 'hidden');
    const { program } = await peerProgram({ GIVEN: 'yes' });
    const { call } = await use({ peer: program });
    const seen = String(await call('environment')).split(' ');
    vi.unstubAllEnvs();
    expect(seen).toEqual(expect.arrayContaining(['GIVEN', 'PATH']));
    expect(seen).not.toContain('SECRET_OF_THIS_PROCESS');
  });

  it('are there again after the program died', async () => {
    const { program, log } = await peerProgram();
    const { call } = await use({ peer: program });
    await expect(call('die')).rejects.toMatchObject({ code: 'AIWORK_MCP_UNAVAILABLE', retryable: true });
    expect(await call('echo', { words: 'again' })).toBe('again');
    expect((await log()).match(/started/g)).toHaveLength(2);
  });

  it('end with what uses them, with all that they have started', async () => {
    const { program, log } = await peerProgram();
    const { call, mcp } = await use({ peer: program });
    const pids = [Number(await call('grandchild')), Number(/started (\d+)/.exec(await log())?.[1])];
    expect(pids.map(isAlive)).toEqual([true, true]);
    await mcp.close();
    await expect.poll(() => pids.map(isAlive), { timeout: 20_000 }).toEqual([false, false]);
    await expect(call('echo', { words: 'late' })).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
  });

  it('are described to models without what hides in the words, and under names they take', async () => {
    const { program } = await peerProgram();
    const { find, names, call } = await use({ peer: program });
    const odd = names().find((name) => name.startsWith('two_words'));
    expect(odd).toMatch(/^two_words_and_more_[0-9a-f]{8}$/);
    expect(find(String(odd)).description).toBe('Read this.[31m');
    expect(await call(String(odd))).toBe('ok');
    expect(names()).not.toContain('wide');
    expect(requireJsonSchema(find('pattern').input, 'it')).toEqual({
      type: 'object',
      properties: { word: { type: 'string', pattern: '^(a+)+$' } },
    });
  });

  it('do not hold up this process by their patterns', async () => {
    const { program } = await peerProgram();
    const { find } = await use({ peer: program });
    const begun = performance.now();
    await find('pattern').input['~standard'].validate({ word: `${'a'.repeat(100)}!` });
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

describe('tools of several servers', () => {
  it('keep their names, and those of later ones say whose they are where they clash', async () => {
    const [first, second] = [await peerProgram(), await peerProgram()];
    const { call, names } = await use({
      one: { ...first.program, only: ['echo', 'key'] },
      two: { ...second.program, only: ['echo', 'structured'] },
    });
    expect(names()).toEqual(['echo', 'key', 'two_echo', 'structured']);
    await call('two_echo', { words: 'to the second' });
    expect(await second.log()).toContain('echo to the second');
    expect(await first.log()).not.toContain('echo to');
  });

  it('need approval where that is asked for', async () => {
    const { program } = await peerProgram();
    const { find } = await use({ peer: { ...program, approval: true } });
    expect(find('echo').approval).toBe(true);
    expect(
      defineTool({ name: 'x', description: 'x', input: find('echo').input, run: () => 1 }).approval,
    ).toBe(false);
  });
});

describe('a server that cannot be reached', () => {
  it('is an error that says which it is, and why, and no secret', async () => {
    const { program } = await peerProgram({ PEER_DIES: 'yes', PEER_SECRET: 'sk-very-secret' });
    const error = await use({ peer: program }).catch((thrown: Error) => thrown);
    const shown = `${error} ${(error as Error).cause} ${JSON.stringify(error)}`;
    expect(shown).toContain('the MCP server "peer" cannot be reached');
    expect(shown).toContain('the key [redacted] is not valid');
    expect(shown).not.toContain('sk-very-secret');
  });

  it('is one when there is no such program, or nothing listens', async () => {
    await expect(use({ none: { command: 'no-such-program-anywhere' } })).rejects.toThrow(/ENOENT/);
    await expect(use({ none: { url: 'http://127.0.0.1:1/mcp' } })).rejects.toThrow(/cannot be reached/);
  });

  it('is done without where it is optional', async () => {
    const { program } = await peerProgram();
    const { names } = await use({
      away: { url: 'http://127.0.0.1:1/mcp', optional: true },
      peer: { ...program, only: ['echo'] },
    });
    expect(names()).toEqual(['echo']);
  });

  it('is none of the servers that were given', () => {
    expect(() => mcpTools({})).toThrow('there is no MCP server');
    expect(() => mcpTools({ odd: { url: 'nowhere' } })).toThrow('the MCP server "odd" has neither');
    expect(() => mcpTools({ peer: { command: 'x' } }).tools()).toThrow('are not connected with yet');
  });
});
