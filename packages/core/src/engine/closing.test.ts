import { describe, expect, it } from 'vitest';
import { createOrchestrator } from '../orchestrator.ts';
import { echo, flowOf, gate, lastingStore, rejection, story, untilAborted } from './engine.fixture.ts';

describe('close', () => {
  it('does not wait for an undo that goes on for ever, but leaves it to be done again', async () => {
    const { open, store } = lastingStore();
    const undoing = gate();
    let undos = 0;
    const flow = flowOf((f) => {
      const a = f.step('a', {
        run: () => 1,
        undo: async (_, { signal }) => {
          undoing.open();
          undos += 1;
          if (undos === 1) await untilAborted(signal);
        },
      });
      return f.step('b', {
        needs: { a },
        run: () => {
          throw new Error('no');
        },
      });
    });
    const here = open();
    const run = await here.start(flow, {});
    await undoing.opened;
    await here.close();
    expect((await rejection(run.result())).code).toBe('AIWORK_CLOSED');
    expect((await store.getRun(run.id))?.status).toBe('running');
    await using there = open({ units: [flow] });
    const resumed = await there.resume(run.id);
    expect((await rejection(resumed.result())).message).toContain('step "b" failed: no');
    expect(undos).toBe(2);
    expect((await story(resumed)).filter((line) => line.includes('undo'))).toEqual([
      'step.started a/$undo',
      'step.started a/$undo',
      'step.succeeded a/$undo',
      'step.undone a',
    ]);
  });

  it('lets no run begin that was started just before', async () => {
    const ai = createOrchestrator();
    await (await ai.start(echo, 1)).result();
    const starting = rejection(ai.start(echo, 2));
    await ai.close();
    expect((await starting).code).toBe('AIWORK_CLOSED');
  });
});
