import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ChatRequest } from '../adapters/chat-model.ts';
import type { RunStore } from '../adapters/run-store.ts';
import { createMemoryRunStore } from '../embedded/memory-run-store.ts';
import { createOrchestrator } from '../orchestrator.ts';
import type { RunEvent } from '../run-event.ts';
import { crashAfter } from '../testing/crash-after.ts';
import { scriptedChatModel } from '../testing/scripted-chat-model.ts';
import { defineAgent } from '../units/agent.ts';
import { defineTool } from '../units/tool.ts';
import { add, asLasting, calls, memoryOf, storePlugin } from './agent.fixture.ts';

/** A conversation with all there is: two tools, one of them approved, a hand-off, and an answer that has to be mended. */
function setUp() {
  const charged: string[] = [];
  let starts = 0;
  const pay = defineTool({
    name: 'pay',
    description: 'Pays.',
    input: z.object({ euros: z.number() }),
    approval: () => true,
    run: ({ euros }, ctx) =>
      ctx.once('charge', (key) => {
        charged.push(key);
        return `paid ${euros}`;
      }),
  });
  const reply = ({ messages }: ChatRequest) => {
    const last = messages.at(-1);
    if (last?.role === 'user')
      return last.content.startsWith('Pay')
        ? calls({ add: { a: 1, b: 2 } }, { pay: { euros: 3 } })
        : '{"paid":3}';
    return messages[0]?.content === 'Receipts.' ? 'Paid.' : calls({ hand_off_to_receipts: {} });
  };
  const model = scriptedChatModel(Array.from({ length: 20 }, () => reply));
  const output = z.object({ paid: z.number() });
  const receipts = defineAgent({ id: 'receipts', instructions: 'Receipts.', model, output });
  const desk = defineAgent({
    id: 'desk',
    instructions: () => {
      starts += 1;
      return `Start ${starts}.`;
    },
    model,
    tools: [add, pay],
    output,
    memory: {},
    handoffs: [receipts],
  });
  const { plugin } = memoryOf([{ id: 'm', text: 'Money.', score: 1 }]);

  /** Works on the run until it ends or the store dies; approves what is asked. */
  async function work(store: RunStore): Promise<unknown> {
    await using ai = createOrchestrator({ units: [desk], plugins: [storePlugin(store), plugin], grace: 0 });
    const known = (await store.getRun('r')) !== undefined;
    const run = known ? await ai.resume('r') : await ai.start(desk, 'Pay 3 €.', { runId: 'r' });
    const approving = (async () => {
      for await (const event of run) {
        if (event.type === 'step.waiting')
          await ai.signal('r', event.stepId, { approved: true }).catch(() => {});
      }
    })();
    approving.catch(() => {});
    return await run.result();
  }
  return { work, charged, model };
}

async function journalOf(store: RunStore): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of store.events('r')) events.push(event);
  return events;
}

const count = (events: readonly RunEvent[], type: RunEvent['type']) =>
  events.filter((event) => event.type === type).length;

describe('an agent whose process dies', () => {
  it('goes on with the same conversation, whichever event was the last', async () => {
    const whole = asLasting(createMemoryRunStore());
    expect(await setUp().work(whole)).toEqual({ paid: 3 });
    const length = (await journalOf(whole)).length;
    expect(length).toBeGreaterThan(20);

    for (let events = 0; events < length; events += 1) {
      let time = 1e12;
      const store = asLasting(createMemoryRunStore({ now: () => time }));
      const { work, charged, model } = setUp();
      await work(crashAfter(store, events)).catch(() => {});
      const before = (await journalOf(store)).length;
      const asked = model.requests.length;
      time += 3_600_000;

      expect(await work(store), `after event ${events}`).toEqual({ paid: 3 });
      // The key is what a service would tell a repeated charge by.
      expect(new Set(charged).size).toBe(1);
      expect(charged.length).toBeLessThanOrEqual(2);
      const journal = await journalOf(store);
      const recorded = journal
        .slice(0, before)
        .filter((event) => event.type === 'effect.recorded' && event.key.startsWith('turn-'));
      expect(model.requests.length - asked, `model calls after event ${events}`).toBe(4 - recorded.length);
      expect(count(journal, 'model.called')).toBeLessThanOrEqual(5);
      expect(count(journal, 'tool.called')).toBeLessThanOrEqual(3);
      if (
        journal.slice(0, before).some((event) => event.type === 'effect.recorded' && event.key === 'turn-1')
      ) {
        const first = model.requests
          .map(({ messages }) => messages[0]?.content)
          .filter((text) => text?.startsWith('Start'));
        expect([...new Set(first)].length, `instructions after event ${events}`).toBeLessThanOrEqual(1);
      }
    }
  });

  it('does not count again, nor run again, what it finds in its journal', async () => {
    let time = 1e12;
    const store = asLasting(createMemoryRunStore({ now: () => time }));
    const { work, model } = setUp();
    const whole = asLasting(createMemoryRunStore());
    await setUp().work(whole);
    const journal = await journalOf(whole);
    const handedOver =
      journal.findIndex((event) => event.type === 'effect.recorded' && event.key === 'turn-2') + 1;
    await work(crashAfter(store, handedOver)).catch(() => {});
    time += 3_600_000;
    const asked = model.requests.length;
    await work(store);
    const after = await journalOf(store);
    expect(model.requests.length - asked).toBe(2);
    expect(count(after, 'model.called')).toBe(4);
    expect(count(after, 'tool.called')).toBe(2);
  });
});
