import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMemoryRunStore } from '../embedded/memory-run-store.ts';
import { createOrchestrator } from '../orchestrator.ts';
import { definePlugin } from '../plugin.ts';
import { virtualClock } from '../testing/index.ts';
import { defineFlow } from '../units/define-flow.ts';
import {
  eventsOf,
  flowOf,
  gate,
  lastingStore,
  rejection,
  runIt,
  story,
  untilEvent,
} from './engine.fixture.ts';

const approval = z.object({ approved: z.boolean() });

const approve = flowOf((f) => {
  const draft = f.step('draft', { run: () => 'text' });
  return f.waitFor('legal', {
    needs: { draft },
    payload: approval,
    prompt: ({ draft }) => ({ review: draft }),
    expires: '7d',
  });
});

describe('waitFor', () => {
  it('shows its prompt, and gives the payload that is delivered', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(approve, {});
    const waiting = await untilEvent(run, (event) => event.type === 'step.waiting');
    expect(waiting).toMatchObject({ stepId: 'legal', prompt: { review: 'text' } });
    await ai.signal(run.id, 'legal', { approved: true });
    expect(await run.result()).toEqual({ approved: true });
  });

  it('is a run that waits, with the time it has to be looked at', async () => {
    const clock = virtualClock();
    await using ai = createOrchestrator({ clock });
    const run = await ai.start(approve, {});
    await untilEvent(run, (event) => event.type === 'step.waiting');
    await clock.advance(0);
    expect(await ai.get(run.id)).toMatchObject({ status: 'waiting', wakeAt: clock.now() + 7 * 86_400_000 });
  });

  it('takes a payload that came before it was reached', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => {
      const slow = f.sleep('slow', { for: 20 });
      return f.waitFor('w', { needs: { slow }, payload: approval });
    });
    const run = await ai.start(flow, {});
    await ai.signal(run.id, 'w', { approved: false });
    expect(await run.result()).toEqual({ approved: false });
  });

  it('takes what comes in time even when it expires before that is written', async () => {
    const clock = virtualClock();
    const { open, store } = lastingStore(clock.now);
    const writing = gate();
    const write = gate();
    let slow = false;
    await using ai = open(
      { clock },
      {
        async append(...args) {
          if (slow) {
            writing.open();
            await write.opened;
          }
          return store.append(...args);
        },
      },
    );
    const flow = flowOf((f) => f.waitFor('ok', { payload: z.boolean(), expires: '1m' }));
    const run = await ai.start(flow, {});
    await untilEvent(run, (event) => event.type === 'step.waiting');
    slow = true;
    const signalled = ai.signal(run.id, 'ok', true);
    await writing.opened;
    await clock.advance(60_000);
    write.open();
    await signalled;
    expect(await run.result()).toBe(true);
  });

  it('takes what another process left in time, although nobody has looked yet', async () => {
    const clock = virtualClock();
    const { open } = lastingStore();
    await using here = open({ clock });
    await using there = open({ clock });
    const flow = flowOf((f) => f.waitFor('ok', { payload: z.boolean(), expires: '1m' }));
    const run = await here.start(flow, {});
    await untilEvent(run, (event) => event.type === 'step.waiting');
    await there.signal(run.id, 'ok', true);
    await clock.advance(60_000);
    expect(await run.result()).toBe(true);
  });

  it('is looked at again when the whole run is out of time', async () => {
    const { open, store } = lastingStore();
    const flow = defineFlow({ id: 'f', input: z.unknown(), timeout: '1h' }, (f) =>
      f.waitFor('ok', { payload: z.boolean() }),
    );
    await using ai = open();
    const run = await ai.start(flow, {});
    await untilEvent(run, (event) => event.type === 'step.waiting');
    const { status, wakeAt, createdAt } = (await store.getRun(run.id)) ?? {};
    expect(status).toBe('waiting');
    expect(wakeAt).toBeGreaterThanOrEqual((createdAt as number) + 3_600_000);
  });

  it('expires', async () => {
    await using ai = createOrchestrator({ clock: virtualClock({ auto: true }) });
    const error = await rejection(runIt(ai, approve));
    expect(error).toMatchObject({ code: 'AIWORK_WAIT_EXPIRED', stepId: 'legal' });
  });

  it('refuses a payload that does not fit, a step that does not wait, one that is not there, and a second answer', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(approve, {});
    await untilEvent(run, (event) => event.type === 'step.waiting');
    const refused = (step: string, payload: unknown) => rejection(ai.signal(run.id, step, payload));
    expect((await refused('legal', { approved: 'yes' })).message).toMatch(
      /payload for step "legal" is invalid: approved/,
    );
    expect((await refused('draft', {})).code).toBe('AIWORK_NOT_WAITING');
    expect((await refused('lega', {})).message).toBe(
      '"flow" has no step "lega"; steps that wait are "legal"',
    );
    await ai.signal(run.id, 'legal', { approved: true }, { idempotencyKey: 'k' });
    await run.result();
    expect((await refused('legal', { approved: true })).code).toBe('AIWORK_RUN_FINISHED');
    await ai.signal(run.id, 'legal', { approved: true }, { idempotencyKey: 'k' });
  });

  it('refuses a payload for a run that was cancelled', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(approve, {});
    await run.cancel();
    const { message } = await rejection(ai.signal(run.id, 'legal', { approved: true }));
    expect(message).toBe(`run "${run.id}" was cancelled: it takes no more signals`);
  });

  it('hears what another process leaves in the journal', async () => {
    const store = createMemoryRunStore();
    const lasting = {
      ...store,
      capabilities: { ...store.capabilities, durability: 'service-kill' as const },
    };
    const storage = definePlugin({ name: 'storage', setup: (host) => host.provide('runStore', lasting) });
    await using here = createOrchestrator({ plugins: [storage()] });
    await using there = createOrchestrator({ plugins: [storage()], units: [approve] });
    const run = await here.start(approve, {});
    await untilEvent(run, (event) => event.type === 'step.waiting');
    const seen = await there.open(run.id);
    await there.signal(run.id, 'legal', { approved: true });
    expect(await run.result()).toEqual({ approved: true });
    expect(await seen.result()).toEqual({ approved: true });
  });
});

describe('a journal two processes write to', () => {
  it('keeps every event of both, numbered without a gap', async () => {
    const store = createMemoryRunStore();
    const lasting = {
      ...store,
      capabilities: { ...store.capabilities, durability: 'service-kill' as const },
    };
    const storage = definePlugin({ name: 'storage', setup: (host) => host.provide('runStore', lasting) });
    await using here = createOrchestrator({ plugins: [storage()] });
    await using there = createOrchestrator({ plugins: [storage()] });
    const flow = flowOf((f) => {
      let at = f.step('s0', { run: async (_, { log }) => log.info('first') });
      for (let i = 1; i < 60; i++) {
        const last = at;
        at = f.step(`s${i}`, { needs: { last }, run: async (_, { log }) => log.info(`step ${i}`) });
      }
      return f.waitFor('w', { needs: { at }, payload: z.object({ go: z.boolean() }) });
    });
    const run = await here.start(flow, {});
    for (let i = 0; i < 20; i++) await there.signal(run.id, 'other/part', i, { idempotencyKey: `k${i}` });
    await there.signal(run.id, 'w', { go: true });
    expect(await run.result()).toEqual({ go: true });
    const events = await eventsOf(here.events(run.id));
    expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => i + 1));
    expect(events.filter((event) => event.type === 'signal.received')).toHaveLength(21);
    expect(events.filter((event) => event.type === 'log')).toHaveLength(60);
    expect((await eventsOf(run)).map((event) => event.seq)).toEqual(events.map((event) => event.seq));
  });
});

describe('sleep', () => {
  it('waits for a length of time, or until a date', async () => {
    const clock = virtualClock({ auto: true });
    await using ai = createOrchestrator({ clock });
    const begin = clock.now();
    const flow = flowOf((f) => {
      const a = f.sleep('a', { for: '2h' });
      const b = f.sleep('b', { needs: { a }, for: () => new Date(begin + 86_400_000) });
      return f.step('end', { needs: { b }, run: () => clock.now() - begin });
    });
    expect(await runIt(ai, flow)).toBe(86_400_000);
  });

  it('refuses a date that is none', async () => {
    await using ai = createOrchestrator();
    const error = await rejection(
      runIt(
        ai,
        flowOf((f) => f.sleep('s', { for: () => new Date('nonsense') })),
      ),
    );
    expect(error.message).toBe('"for" of step "s" gave Invalid Date: it has to give a valid Date');
  });

  it('is cut short by a cancellation', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(
      flowOf((f) => f.sleep('s', { for: '1d' })),
      {},
    );
    await run.cancel();
    expect(await story(run)).toContain('step.cancelled s');
  });
});
