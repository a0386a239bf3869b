import { describe, expect, it } from 'vitest';
import { createMemoryRunStore } from './embedded/memory-run-store.ts';
import { createMemoryTaskQueue } from './embedded/memory-task-queue.ts';
import { echo, eventsOf, flowOf } from './engine/engine.fixture.ts';
import { createOrchestrator } from './orchestrator.ts';
import { definePlugin } from './plugin.ts';
import type { RunEvent } from './run-event.ts';
import { stintsOf } from './stints.ts';
import { defineTask } from './units/task.ts';

const names = (events: Iterable<RunEvent>) => stintsOf(events).map(({ owner }) => owner.split('/')[0]);

describe('the stints of a run', () => {
  it('are one, of the orchestrator by its name, from its first event to its last', async () => {
    await using ai = createOrchestrator({ name: 'desk' });
    const events = await eventsOf(await ai.start(echo, 1));
    const stints = stintsOf(events);
    expect(stints).toEqual([
      { owner: expect.stringMatching(/^desk\/[0-9a-f]{12}$/), from: events[0]?.at, to: events.at(-1)?.at },
    ]);
  });

  it('name machine and process where nothing else is said', async () => {
    await using ai = createOrchestrator();
    const [stint] = stintsOf(await eventsOf(await ai.start(echo, 1)));
    expect(stint?.owner).toMatch(new RegExp(`^.+:${process.pid}/`));
  });

  it('tell orchestrators of one name apart', async () => {
    const owners = new Set<string>();
    for (let i = 0; i < 2; i += 1) {
      await using ai = createOrchestrator({ name: 'desk' });
      for (const { owner } of stintsOf(await eventsOf(await ai.start(echo, 1)))) owners.add(owner);
    }
    expect(owners.size).toBe(2);
  });

  it('are in the journal of the flow for each call that a queue took elsewhere', async () => {
    const inner = createMemoryRunStore();
    const store = { ...inner, capabilities: { ...inner.capabilities, durability: 'service-kill' as const } };
    await using queue = createMemoryTaskQueue();
    const shared = definePlugin({
      name: 'shared',
      setup(host) {
        host.provide('runStore', store);
        host.provide('queue', { ...queue, close: async () => {} });
      },
    });
    const away = defineTask({ id: 'away', queue: 'q', input: echo.input, run: () => 1 });
    await using crew = createOrchestrator({ name: 'crew', units: [away], plugins: [shared()] });
    await crew.worker({ queues: ['q'] });
    await using desk = createOrchestrator({ name: 'desk', plugins: [shared()] });
    const run = await desk.start(
      flowOf((f) => f.map('all', away, { over: () => [1, 2] })),
      {},
    );
    const events = await eventsOf(run);
    expect(names(events)).toEqual(['desk']);
    const used = events.filter((event) => event.type === 'child.used');
    expect(used.map(({ stepId }) => stepId).toSorted()).toEqual(['all[0]', 'all[1]']);
    for (const { stints = [], stepId } of used) {
      const own = await Array.fromAsync(desk.events(`${run.id}.${stepId}`));
      expect(stints).toEqual(stintsOf(own));
      expect(stints).toMatchObject([{ owner: expect.stringMatching(/^crew\//) }]);
    }
  });
});

describe('stints of a journal', () => {
  const event = (at: number, body: object) => ({ at, seq: at, runId: 'r', ...body }) as RunEvent;

  it('change hands where another process goes on, and not where the same does', () => {
    const events = [
      event(1, { type: 'run.started', owner: 'a/1' }),
      event(4, { type: 'step.started', stepId: 's', attempt: 1 }),
      event(9, { type: 'run.resumed', owner: 'a/1' }),
      event(20, { type: 'run.resumed', owner: 'b/2' }),
      event(25, { type: 'run.finished', status: 'succeeded' }),
    ];
    expect(stintsOf(events)).toEqual([
      { owner: 'a/1', from: 1, to: 9 },
      { owner: 'b/2', from: 20, to: 25 },
    ]);
  });

  it('do not last longer by what others leave in the journal', () => {
    const events = [
      event(1, { type: 'run.started', owner: 'a/1' }),
      event(9, { type: 'run.cancel-requested', reason: 'enough' }),
    ];
    expect(stintsOf(events)).toEqual([{ owner: 'a/1', from: 1, to: 1 }]);
  });

  it('are those that are known, of a journal that does not say who began it', () => {
    const started = event(1, { type: 'run.started' });
    expect(stintsOf([started])).toEqual([]);
    expect(stintsOf([started, event(5, { type: 'run.resumed', owner: 'b/2' })])).toHaveLength(1);
  });
});

describe('the name of an orchestrator', () => {
  it.each(['', 'a/b', 'two\nlines', 'x'.repeat(101)])('cannot be %j', (name) => {
    expect(() => createOrchestrator({ name })).toThrow(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }),
    );
  });
});
