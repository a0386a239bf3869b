import { describe, expect, it } from 'vitest';
import type { RunStore } from '../adapters/run-store.ts';
import { createMemoryRunStore } from '../embedded/memory-run-store.ts';
import { AiworkError } from '../errors.ts';
import { createOrchestrator } from '../orchestrator.ts';
import { definePlugin } from '../plugin.ts';
import { eventsOf, flowOf, rejection, story } from './engine.fixture.ts';

const first = 'first';
const again = 'again';

/** A flow of two steps, and a process on a store, which may be changed. */
function opened() {
  const ran: string[] = [];
  const flow = flowOf((f) => {
    const a = f.step('a', { run: () => ran.push('a') });
    return f.step('b', { needs: { a }, run: () => ran.push('b') });
  });
  const memory = createMemoryRunStore();
  const store: RunStore = { ...memory, capabilities: { ...memory.capabilities, durability: 'service-kill' } };
  const open = (changed: Partial<RunStore> = {}) => {
    const provided = { ...store, ...changed, close: async () => {} };
    const setup = (host: { provide(slot: 'runStore', adapter: RunStore): void }) =>
      host.provide('runStore', provided);
    return createOrchestrator({ units: [flow], plugins: [definePlugin({ name: 'storage', setup })()] });
  };
  return { ran, flow, store, open };
}

/** Leaves a rerun from `b` of which there is the record alone. */
async function leaveUnbegun({ flow, store, open }: ReturnType<typeof opened>): Promise<void> {
  const died = () => Promise.reject(new AiworkError('AIWORK_STORE_FAILED', 'the process died'));
  await using whole = open();
  await (await whole.start(flow, {}, { runId: first })).result();
  await using dying = open({ append: died });
  await rejection(dying.rerun(first, { from: 'b', runId: again }));
  expect(await eventsOf(store.events(again))).toEqual([]);
}

describe('a rerun whose process ended before it had taken over what is kept', () => {
  it('keeps it when it is taken up', async () => {
    const here = opened();
    await leaveUnbegun(here);
    here.ran.length = 0;
    await using next = here.open();
    const run = await next.resume(again);
    await run.result();
    expect(here.ran).toEqual(['b']);
    expect(await story(run)).toEqual([
      'run.started',
      'step.succeeded a',
      'run.resumed',
      'step.started b',
      'step.succeeded b',
      'run.finished',
    ]);
  });

  it('keeps it when a worker takes it up', async () => {
    const here = opened();
    await leaveUnbegun(here);
    here.ran.length = 0;
    await using next = here.open();
    await using _ = await next.worker({ pollInterval: 10 });
    await (await next.open(again)).result();
    expect(here.ran).toEqual(['b']);
  });

  it('takes over nothing when it is to be cancelled', async () => {
    const here = opened();
    await leaveUnbegun(here);
    here.ran.length = 0;
    await using next = here.open();
    await next.cancel(again, 'not needed');
    expect((await next.get(again))?.status).toBe('cancelled');
    expect(here.ran).toEqual([]);
  });

  it('does nothing again when what is kept is gone', async () => {
    const here = opened();
    await leaveUnbegun(here);
    here.ran.length = 0;
    expect(await here.store.prune(Date.now() + 60_000)).toEqual([first]);
    await using next = here.open();
    const error = await rejection(next.resume(again));
    expect(error.code).toBe('AIWORK_RUN_NOT_FOUND');
    expect(error.message).toBe(
      'run "again" was to begin with results of run "first", which is gone: cancel it, and start the flow anew',
    );
    expect(here.ran).toEqual([]);
    await next.cancel(again);
  });
});

describe('a rerun', () => {
  it('keeps what it is to, though somebody leaves it a message before it begins', async () => {
    const { ran, flow, store, open } = opened();
    await using ai = open({
      async append(runId, append) {
        if (runId === again && append.expectedSeq === 0) {
          const message = { type: 'run.cancel-requested', reason: 'not needed' } as const;
          await store.append(again, {
            expectedSeq: 0,
            events: [{ ...message, seq: 1, at: 1, runId: again }],
          });
        }
        return store.append(runId, append);
      },
    });
    await (await ai.start(flow, {}, { runId: first })).result();
    ran.length = 0;
    const run = await ai.rerun(first, { from: 'b', runId: again });
    expect((await rejection(run.result())).message).toBe('not needed');
    expect(ran).toEqual([]);
    expect(await story(ai.events(again))).toEqual([
      'run.cancel-requested',
      'run.started',
      'step.succeeded a',
      'run.resumed',
      'run.ending',
      'run.finished',
    ]);
  });

  it('is not begun by who lost its lease', async () => {
    const { flow, store, open } = opened();
    await using ai = open({
      append: (runId, append) =>
        runId === again
          ? Promise.resolve({ applied: false, reason: 'lease' as const })
          : store.append(runId, append),
    });
    await (await ai.start(flow, {}, { runId: first })).result();
    const error = await rejection(ai.rerun(first, { from: 'b', runId: again }));
    expect(error.code).toBe('AIWORK_LEASE_LOST');
  });

  it('says so of a store that takes no event', async () => {
    const { flow, store, open } = opened();
    await using ai = open({
      append: (runId, append) =>
        runId === again
          ? Promise.resolve({ applied: false, reason: 'conflict' as const })
          : store.append(runId, append),
    });
    await (await ai.start(flow, {}, { runId: first })).result();
    const error = await rejection(ai.rerun(first, { from: 'b', runId: again }));
    expect(error.message).toBe('the run store refuses event 1 of run "again" and shows no other');
  });
});
