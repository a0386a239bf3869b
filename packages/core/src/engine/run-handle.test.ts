import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventsOf, flowOf, lastingStore, untilEvent } from './engine.fixture.ts';

const asking = flowOf((f) => {
  const may = f.waitFor('may', { payload: z.boolean() });
  return f.step('end', { needs: { may }, run: ({ may }) => may });
});

/** A run that waits, and two processes that see it: the one that works on it, and another. */
async function waiting() {
  const { open } = lastingStore();
  const [here, elsewhere] = [open({ units: [asking] }), open({ units: [asking] })];
  const run = await here.start(asking, {});
  await untilEvent(run, ({ type }) => type === 'step.waiting');
  return {
    id: run.id,
    here,
    elsewhere,
    async [Symbol.asyncDispose]() {
      await here.close();
      await elsewhere.close();
    },
  };
}

describe.each(['here', 'elsewhere'] as const)('a handle on a run that goes on %s', (where) => {
  it('gives the events after a number, and after them those to come', async () => {
    await using one = await waiting();
    const known = await eventsOf(one[where].events(one.id));
    const rest = eventsOf(await one[where].open(one.id, { afterSeq: known.length }));
    await one.here.signal(one.id, 'may', true);
    const all = await eventsOf(await one[where].open(one.id));
    expect(await rest).toEqual(all.slice(known.length));
    expect(await eventsOf(one[where].events(one.id, { afterSeq: 2 }))).toEqual(all.slice(2));
  });

  it('ends when the run does, for who knows all of its events, too', async () => {
    await using one = await waiting();
    await one.here.signal(one.id, 'may', true);
    const all = await eventsOf(await one[where].open(one.id));
    for (const afterSeq of [all.length, all.length + 100]) {
      expect(await eventsOf(await one[where].open(one.id, { afterSeq }))).toEqual([]);
    }
  });

  it('gives no more once its signal aborts, and the run goes on', async () => {
    await using one = await waiting();
    const stop = new AbortController();
    const seen = await one[where].open(one.id, { signal: stop.signal });
    const reading = eventsOf(seen);
    await untilEvent(await one[where].open(one.id), ({ type }) => type === 'step.waiting');
    stop.abort();
    expect((await reading).every(({ type }) => type !== 'run.finished')).toBe(true);
    await one.here.signal(one.id, 'may', true);
    expect(await (await one[where].open(one.id, { signal: stop.signal, afterSeq: 100 })).result()).toBe(true);
    expect(await eventsOf(await one[where].open(one.id, { signal: AbortSignal.abort() }))).toEqual([]);
  });
});
