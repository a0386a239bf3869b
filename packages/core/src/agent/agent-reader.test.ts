import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunStore } from '../adapters/run-store.ts';
import { createMemoryRunStore } from '../embedded/memory-run-store.ts';
import { createOrchestrator } from '../orchestrator.ts';
import type { RunEvent } from '../run-event.ts';
import { crashAfter } from '../testing/crash-after.ts';
import { scriptedChatModel } from '../testing/scripted-chat-model.ts';
import { testRun } from '../testing/test-run.ts';
import { defineAgent } from '../units/agent.ts';
import { defineFlow } from '../units/define-flow.ts';
import { defineTask } from '../units/task.ts';
import { defineTool } from '../units/tool.ts';
import { add, asLasting, calls, guardrail, storePlugin } from './agent.fixture.ts';
import { type AgentText, createAgentReader } from './agent-reader.ts';

function textsIn(events: Iterable<RunEvent>): readonly AgentText[] {
  const reader = createAgentReader();
  return [...events].flatMap((event) => [...reader.read(event)]);
}

/** As `output 2: text`, with the tool of calls and results. */
const briefly = ({ stage, turn, call, tool, remark, text }: AgentText) =>
  `${stage} ${turn}${call === undefined ? '' : `.${call} ${tool}`}${remark ? ' (remark)' : ''}: ${text}`;

const fails = defineTool({
  name: 'fails',
  description: 'Fails.',
  input: z.object({}),
  run: () => {
    throw new Error('out of order');
  },
});

/** A conversation with all there is: calls, one to nobody and one that fails, a hand-off, an answer that is refused. */
const closer = defineAgent({
  id: 'closer',
  instructions: 'Close.',
  model: scriptedChatModel(
    Array.from({ length: 99 }, () => ({ messages }) => {
      const last = messages.at(-1);
      return last?.content === 'Shorter.' ? 'Bye.' : 'Good bye.';
    }),
  ),
  guardrails: [
    guardrail('output', (text) =>
      text === 'Bye.' ? { action: 'pass' } : { action: 'retry', feedback: 'Shorter.' },
    ),
  ],
});
const desk = defineAgent({
  id: 'desk',
  instructions: 'Help.',
  model: scriptedChatModel(
    Array.from(
      { length: 99 },
      () =>
        ({ messages }) =>
          messages.at(-1)?.role === 'user'
            ? {
                text: 'Let me see.',
                ...calls({ nobody: {} }, { add: { a: 1, b: 2 } }, { fails: {} }),
              }
            : calls({ hand_off_to_closer: {} }, { add: { a: 3, b: 4 } }),
    ),
  ),
  tools: [add, fails],
  handoffs: [closer],
});

const conversation = [
  { role: 'user', content: 'Hi.' },
  { role: 'assistant', content: 'Yes?' },
  { role: 'user', content: 'Add 1 and 2.' },
] as const;

const all = [
  'input 0: Hi.',
  'input 0: Add 1 and 2.',
  'output 1 (remark): Let me see.',
  'tool-call 1.2 add: {"a":1,"b":2}',
  'tool-call 1.3 fails: {}',
  'tool-result 1.2 add: 3',
  'tool-result 1.3 fails: Error: out of order',
  'output 2 (remark): ',
  'tool-call 2.1 add: {"a":3,"b":4}',
  'tool-result 2.1 add: 7',
  'output 3: Good bye.',
  'output 4: Bye.',
];

async function work(store: RunStore): Promise<unknown> {
  await using ai = createOrchestrator({ units: [desk], plugins: [storePlugin(store)], grace: 0 });
  const known = (await store.getRun('r')) !== undefined;
  const run = known ? await ai.resume('r') : await ai.start(desk, conversation, { runId: 'r' });
  return await run.result();
}

async function journalOf(store: RunStore): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of store.events('r')) events.push(event);
  return events;
}

describe('a reader of agents', () => {
  it('gives what guardrails look at, as it was before they did', async () => {
    const { events } = await testRun(desk, conversation);
    const texts = textsIn(events);
    expect(texts.map(briefly)).toEqual(all);
    expect(texts.slice(0, 2).map(({ message }) => message)).toEqual([0, 2]);
    expect(texts.every(({ stepId, agent }) => stepId === 'desk' && agent === 'desk')).toBe(true);
  });

  it('gives each text once, whichever event was the last before a crash', async () => {
    const whole = asLasting(createMemoryRunStore());
    await work(whole);
    const { length } = await journalOf(whole);
    expect(length).toBeGreaterThan(15);
    for (let events = 0; events < length; events += 1) {
      let time = 1e12;
      const store = asLasting(createMemoryRunStore({ now: () => time }));
      await work(crashAfter(store, events)).catch(() => {});
      time += 3_600_000;
      expect(await work(store), `after event ${events}`).toBe('Bye.');
      expect(
        textsIn(await journalOf(store))
          .map(briefly)
          .sort(),
        `after event ${events}`,
      ).toEqual([...all].sort());
    }
  });

  it('has what agents in flows and in the code of steps were given', async () => {
    const parrot = defineAgent({
      id: 'parrot',
      instructions: '',
      model: scriptedChatModel(
        Array.from(
          { length: 9 },
          () =>
            ({ messages }) =>
              `${messages.at(-1)?.content}!`,
        ),
      ),
    });
    const calling = defineTask({
      id: 'calling',
      input: z.string(),
      run: (text, ctx) => ctx.run(parrot, text),
    });
    const flow = defineFlow({ id: 'flow', input: z.string() }, (f) => {
      const inner = f.call('inner', calling, f.input.$);
      return f.call('outer', parrot, inner.$);
    });
    const { events } = await testRun(flow, 'Hi');
    expect(textsIn(events).map(({ stepId, stage, text }) => [stepId, stage, text])).toEqual([
      ['inner/parrot', 'input', 'Hi'],
      ['inner/parrot', 'output', 'Hi!'],
      ['outer', 'input', 'Hi!'],
      ['outer', 'output', 'Hi!!'],
    ]);
  });

  it('takes no record of another step for a conversation', async () => {
    const task = defineTask({
      id: 'task',
      input: z.string(),
      async run(text, ctx) {
        await ctx.once('given-x', () => text);
        await ctx.once('turn-1', () => ({ text, toolCalls: [] }));
      },
    });
    expect(textsIn((await testRun(task, 'Hi')).events)).toEqual([]);
  });

  it('refuses events whose text is elsewhere', async () => {
    const { events } = await testRun(desk, conversation);
    const at = events.findIndex((event) => event.type === 'effect.recorded' && event.key === 'turn-1');
    const { value: _, ...moved } = {
      ...events[at],
      value: undefined,
      refs: { value: { hash: 'x', bytes: 1 } },
    } as never as RunEvent & { value: unknown };
    expect(() => textsIn([...events.slice(0, at), moved as RunEvent])).toThrow(
      /without its value: read the events/,
    );
  });
});

describe('an event of a decision', () => {
  it('says on which text it was', async () => {
    const redact = (text: string) => ({ action: 'redact', text }) as const;
    const on = (['input', 'output', 'tool-call', 'tool-result'] as const).map((stage) =>
      guardrail(stage, redact, stage),
    );
    const agent = defineAgent({
      id: 'ask',
      instructions: '',
      model: scriptedChatModel([calls({ add: { a: 1, b: 2 } }, { add: { a: 3, b: 4 } }), 'Done.']),
      tools: [add],
      guardrails: on,
    });
    const { events } = await testRun(agent, conversation);
    const places = events.flatMap((event) =>
      event.type === 'guardrail.decided' ? [[event.stage, event.turn, event.message ?? event.call]] : [],
    );
    expect(places).toEqual([
      ['input', 0, 0],
      ['input', 0, 2],
      ['tool-call', 1, 1],
      ['tool-call', 1, 2],
      ['tool-result', 1, 1],
      ['tool-result', 1, 2],
      ['output', 2, undefined],
    ]);
  });
});
