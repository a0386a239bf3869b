import { describe, expect, it, onTestFinished } from 'vitest';
import { countingEncoder } from './counting-encoder.fixture.ts';
import { createEmbedder } from './create-embedder.ts';
import type { Encoder } from './encoder.ts';
import { createServedModels } from './served-models.ts';

const embedderOf = (changes: Partial<Encoder> = {}) =>
  createEmbedder(countingEncoder(changes), { cacheEntries: 0 });

function serve(...names: readonly string[]) {
  const models = createServedModels(
    Object.fromEntries(names.map((name) => [name, embedderOf({ id: name })])),
  );
  onTestFinished(() => models.close());
  return models;
}

describe('served models', () => {
  it('are found by name, the first where nobody names one', () => {
    const models = serve('a', 'b');
    expect(models.names).toEqual(['a', 'b']);
    expect([models.embedder().id, models.embedder('b').id]).toEqual(['a', 'b']);
  });

  it('are named where there is none of a name', () => {
    const models = serve('a', 'b');
    expect(() => models.embedder('c')).toThrow(
      expect.objectContaining({
        code: 'AIWORK_UNKNOWN_MODEL',
        message: 'there is no model called "c"; there is a, b',
      }),
    );
  });

  it('fail no call while they are swapped again and again', async () => {
    const models = serve('a');
    const embedder = models.embedder();
    let asked = 0;
    let swapping = true;
    async function ask(): Promise<void> {
      while (swapping) {
        const { vectors } = await embedder.embed([`text ${asked}`]);
        expect(vectors).toHaveLength(1);
        asked += 1;
      }
    }
    const asking = Array.from({ length: 8 }, ask);
    for (let round = 1; round <= 30; round += 1) await models.swap('a', embedderOf({ id: `a-${round}` }));
    swapping = false;
    await Promise.all(asking);
    expect(asked).toBeGreaterThan(30);
    expect(embedder.id).toBe('a-30');
  });

  it('are closed when their calls have come to their ends', async () => {
    let isClosed = false;
    const close = async () => {
      isClosed = true;
    };
    const models = createServedModels({ a: embedderOf({ close }) });
    const call = models.embedder().embed(['rain']);
    const removed = models.remove('a');
    expect(isClosed).toBe(false);
    expect((await call).vectors).toHaveLength(1);
    await removed;
    expect(isClosed).toBe(true);
    expect(models.names).toEqual([]);
  });

  it('take no other when all are closed, and leave none open', async () => {
    const models = serve('a');
    await models.close();
    const late = embedderOf();
    await expect(models.swap('a', late)).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
    await expect(late.embed(['rain'])).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
  });

  it('stay open when a view of them is closed', async () => {
    const models = serve('a');
    const view = models.embedder();
    await view.close();
    await expect(view.embed(['rain'])).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
    expect((await models.embedder().embed(['rain'])).vectors).toHaveLength(1);
  });

  it.each(['', 'a b', 'a:b', 'a"', 'x'.repeat(101)])('cannot be called %j', (name) => {
    expect(() => createServedModels({ [name]: embedderOf() })).toThrow('a model is called');
  });

  it('are one at least', () => {
    expect(() => createServedModels({})).toThrow('there is no model to serve');
  });
});
