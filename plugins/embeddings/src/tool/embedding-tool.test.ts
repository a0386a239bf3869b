import { createOrchestrator, createToolRegistry } from '@aiwork/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { countingEncoder } from '../engine/counting-encoder.fixture.ts';
import { createEmbedder } from '../engine/create-embedder.ts';
import { createEmbeddingTool } from './embedding-tool.ts';

const texts = ['the harbour', 'rain', 'rain and wind'];

function open() {
  const embedder = createEmbedder(countingEncoder());
  onTestFinished(() => embedder.close());
  return { embedder, tool: createEmbeddingTool(embedder) };
}

function registryOf() {
  const { tool } = open();
  const registry = createToolRegistry();
  for (const each of tool.tools()) registry.register(each);
  return registry;
}

describe('an embedding tool', () => {
  it('finds the texts that fit best, best first', async () => {
    const { tool } = open();
    const hits = await tool.search('rain', texts, { topK: 2 });
    expect(hits.map(({ index, text }) => [index, text])).toEqual([
      [1, 'rain'],
      [2, 'rain and wind'],
    ]);
    expect(hits[0]?.score).toBeCloseTo(1, 5);
  });

  it('finds nothing in nothing, and not more than there is', async () => {
    const { tool } = open();
    expect(await tool.search('rain', [])).toEqual([]);
    expect(await tool.search('rain', texts)).toHaveLength(3);
  });

  it('leaves texts that fit as well in their order', async () => {
    const { tool } = open();
    expect((await tool.search('rain', ['sun', 'sun', 'sun'])).map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('says how alike two texts are', async () => {
    const { tool } = open();
    expect(await tool.similarity('rain', 'rain')).toBeCloseTo(1, 5);
    expect(await tool.similarity('rain', 'the harbour')).toBeLessThan(0.9);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses to find %s texts', async (topK) => {
    await expect(open().tool.search('rain', texts, { topK })).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
    });
  });

  it('hears signals', async () => {
    const signal = AbortSignal.abort();
    const { tool } = open();
    const cancelled = { code: 'AIWORK_CANCELLED' };
    await expect(tool.search('rain', texts, { signal })).rejects.toMatchObject(cancelled);
    await expect(tool.similarity('rain', 'a', { signal })).rejects.toMatchObject(cancelled);
    await expect(tool.embed(['rain'], { signal })).rejects.toMatchObject(cancelled);
  });

  it('tells models what its tools are and take', () => {
    const schema = open().tool.getSchema();
    expect(schema.map(({ function: { name } }) => name)).toEqual(['embed', 'search', 'similarity']);
    expect(schema[1]?.function.parameters).toMatchObject({
      type: 'object',
      required: ['query', 'texts'],
      properties: { texts: { type: 'array', items: { type: 'string' }, maxItems: 1024 } },
    });
  });

  it('can have another name, beside one of another model', () => {
    const { embedder } = open();
    const registry = createToolRegistry();
    for (const prefix of ['docs_', 'code_'])
      for (const tool of createEmbeddingTool(embedder, { prefix }).tools()) registry.register(tool);
    expect(registry.list().map(({ name }) => name)).toContain('code_search');
  });
});

describe('its tools in a registry', () => {
  it('do what they say', async () => {
    const registry = registryOf();
    expect(await registry.call('embed', { texts: ['rain'] })).toMatchObject({
      ok: true,
      value: { model: 'counting-1', truncated: [], vectors: [expect.any(Array)] },
    });
    expect(await registry.call('similarity', { one: 'rain', other: 'rain' })).toMatchObject({ ok: true });
    expect(await registry.call('search', { query: 'rain', texts, topK: 1 })).toMatchObject({
      value: { hits: [{ index: 1, text: 'rain' }] },
    });
  });

  it('say what is wrong with what they are given', async () => {
    expect(await registryOf().call('search', { query: 'rain', texts: [1] })).toMatchObject({
      ok: false,
      error: { code: 'AIWORK_INVALID_INPUT' },
    });
  });

  it('are tools of MCP, with the schema of what they give', () => {
    expect(
      registryOf()
        .toMCP()
        .tools.every(({ outputSchema }) => outputSchema?.['type'] === 'object'),
    ).toBe(true);
  });

  it('can be started as any unit, and journaled', async () => {
    const { tool } = open();
    await using ai = createOrchestrator();
    const search = tool.tools().find(({ id }) => id === 'search');
    if (!search) throw new Error('there is no search');
    const run = await ai.start(search, { query: 'rain', texts });
    expect(await run.result()).toMatchObject({ hits: [{ text: 'rain' }, {}, {}] });
  });
});
