import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnyAgent,
  createOrchestrator,
  defineAgent,
  defineFlow,
  definePlugin,
  defineTool,
  type Guardrail,
  type Message,
  type Orchestrator,
  type RunEvent,
} from '@aiwork/core';
import { sqliteStorage } from '@aiwork/core/sqlite';
import { crashAfter, scriptedChatModel } from '@aiwork/core/testing';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { customGuardrail } from '../custom-guardrail.ts';
import { personalDataGuardrail } from '../personal-data/personal-data-guardrail.ts';
import { regexGuardrail } from '../regex-guardrail.ts';
import { lengthGuardrail } from '../text/length-guardrail.ts';
import { wordGuardrail } from '../words/word-guardrail.ts';
import type { ReplayedDecision } from './decision-replay.ts';
import { replayDecisions } from './replay-decisions.ts';

vi.setConfig({ testTimeout: 60_000 });

const folder = await mkdtemp(join(tmpdir(), 'aiwork-replay-'));
const open: Orchestrator[] = [];
afterAll(() => Promise.all(open.map((ai) => ai.close())));

interface Place {
  readonly path?: string;
  readonly units?: readonly AnyAgent[];
  /** The clock of leases. */
  readonly now?: () => number;
  /** The process dies after so many events. */
  readonly crashAt?: number;
}

/** An orchestrator over a state file, a new one unless it is named. */
function over({
  path = join(folder, `${randomUUID()}.db`),
  units = [],
  now,
  crashAt,
}: Place = {}): Orchestrator {
  const plugin = definePlugin({
    name: 'file',
    setup(host) {
      const storage = sqliteStorage({ path, ...(now && { now }) });
      const { runStore } = storage;
      host.provide('runStore', crashAt === undefined ? runStore : crashAfter(runStore, crashAt));
      host.provide('payloadStore', storage.payloadStore);
      return storage;
    },
  });
  const ai = createOrchestrator({ units, plugins: [plugin()], grace: 0 });
  open.push(ai);
  return ai;
}

/** As `output 2 people: redact > pass, action`. */
const briefly = ({
  stage,
  turn,
  message,
  call,
  guardrail,
  recorded,
  now,
  change,
  afterChange,
}: ReplayedDecision) =>
  `${stage} ${turn}${message === undefined ? '' : ` #${message}`}${call === undefined ? '' : `.${call}`} ${guardrail}: ${recorded.action} > ${now.action}, ${change}${afterChange ? ' (after)' : ''}`;

async function finish(
  ai: Orchestrator,
  agent: AnyAgent,
  input: string | readonly Message[],
): Promise<string> {
  const run = await ai.start(agent, input);
  await run.result().catch(() => {});
  return run.id;
}

const people = (
  onFail: 'redact' | 'block' = 'redact',
  on: Guardrail['on'] = ['input', 'output', 'tool-call', 'tool-result'],
) => personalDataGuardrail({ name: 'people', on, onFail });
const brief = (max: number) => lengthGuardrail({ name: 'brief', unit: 'words', max, onFail: 'retry' });

const lookUp = defineTool({
  name: 'lookUp',
  description: 'Finds an address.',
  input: z.object({ who: z.string() }),
  run: ({ who }) => `${who} is at ada@example.org`,
});

const rounds = () => [
  { toolCalls: [{ name: 'lookUp', input: { who: 'bob@example.org' } }] },
  'You can write to ada@example.org whenever you like.',
  'Write to ada@example.org.',
];

const clerk = (guardrails: readonly Guardrail[]) =>
  defineAgent({
    id: 'clerk',
    instructions: '',
    model: scriptedChatModel(rounds(), { chunkLength: 4 }),
    tools: [lookUp],
    guardrails,
  });

const asked = 'I am carol@example.org. Who is bob@example.org?';

describe('replayDecisions', () => {
  it('finds that the same guardrails decide the same, on every stage', async () => {
    const guardrails = [people(), brief(6)];
    const ai = over();
    const runId = await finish(ai, clerk(guardrails), asked);
    const { texts, decisions } = await replayDecisions({ events: ai.events(runId), guardrails });
    expect(decisions.map(briefly)).toEqual([
      'input 0 #0 people: redact > redact, none',
      'tool-call 1.1 people: redact > redact, none',
      'tool-result 1.1 people: redact > redact, none',
      'output 2 people: redact > redact, none',
      'output 2 brief: retry > retry, none',
      'output 3 people: redact > redact, none',
    ]);
    expect(texts).toBe(5);
    const events: unknown[] = [];
    for await (const event of ai.events(runId))
      if (event.type === 'guardrail.decided') events.push({ action: event.action, reason: event.reason });
    expect(decisions.map(({ recorded }) => recorded)).toEqual(events);
    expect(decisions.some((decision) => 'text' in decision)).toBe(false);
  });

  it('tells the messages of an input and the calls of a turn apart', async () => {
    const guardrails = [people()];
    const twice = {
      toolCalls: ['Ada', 'bob@example.org'].map((who) => ({ name: 'lookUp', input: { who } })),
    };
    const agent = defineAgent({
      id: 'a',
      instructions: '',
      model: scriptedChatModel([twice, 'Done.']),
      tools: [lookUp],
      guardrails,
    });
    const ai = over();
    const said = ['Hi', 'I am bob@example.org'].map((content) => ({ role: 'user', content }) as const);
    const runId = await finish(ai, agent, said);
    const { decisions } = await replayDecisions({ events: ai.events(runId), guardrails });
    expect(decisions.map(briefly).toSorted()).toEqual([
      'input 0 #1 people: redact > redact, none',
      'tool-call 1.2 people: redact > redact, none',
      'tool-result 1.1 people: redact > redact, none',
      'tool-result 1.2 people: redact > redact, none',
    ]);
  });

  it('shows what a changed policy decides, and what comes after a change', async () => {
    const ai = over();
    const runId = await finish(ai, clerk([people(), brief(6)]), asked);
    const changed = [
      people(),
      brief(20),
      wordGuardrail({ name: 'words', words: ['write'], onFail: 'block' }),
    ];
    const { decisions } = await replayDecisions({
      events: ai.events(runId),
      guardrails: changed,
      texts: 'show',
    });
    expect(decisions.slice(3).map(briefly)).toEqual([
      'output 2 people: redact > redact, none',
      'output 2 brief: retry > pass, action',
      'output 2 words: pass > block, action (after)',
      'output 3 people: redact > redact, none (after)',
      'output 3 words: pass > block, action (after)',
    ]);
    expect(decisions[0]?.text).toBe(asked);
    // What the one before left of it.
    expect(decisions[5]?.text).toBe('You can write to [email address] whenever you like.');
  });

  it('tells a decision that is gone from one whose guardrail lets the text pass', async () => {
    const ai = over();
    const runId = await finish(ai, clerk([people(), brief(6)]), asked);
    const without = await replayDecisions({ events: ai.events(runId), guardrails: [brief(6)] });
    expect(without.decisions.map(briefly)).toContain(
      'tool-call 1.1 people: redact > not-asked, action (after)',
    );
    expect(without.decisions[0]?.now).toEqual({
      action: 'not-asked',
      reason: 'none of this name looks at this text',
    });
    const blocking = await replayDecisions({
      events: ai.events(runId),
      guardrails: [people('block'), brief(6)],
    });
    expect(blocking.decisions.map(briefly)).toContain('output 2 brief: retry > not-asked, action (after)');
  });

  it('tells a redaction of more from the same one', async () => {
    const ai = over();
    const secrets = (patterns: Record<string, string>) =>
      regexGuardrail({ name: 'secrets', on: ['input'], patterns, onFail: 'redact' });
    const agent = defineAgent({
      id: 'a',
      instructions: '',
      model: scriptedChatModel(['Ok.']),
      guardrails: [secrets({ a: 'aa' })],
    });
    const runId = await finish(ai, agent, 'aa bb');
    const guardrails = [secrets({ a: 'aa', b: 'bb' })];
    const { decisions } = await replayDecisions({ events: ai.events(runId), guardrails });
    expect(decisions.map(briefly)).toEqual(['input 0 #0 secrets: redact > redact, reason']);
  });

  it('goes by what a run was blocked for, and by no message that nobody came to', async () => {
    const guardrails = [people('block', ['input'])];
    const ai = over();
    const said = ['ada@example.org', 'Hi', 'bob@example.org'].map(
      (content) => ({ role: 'user', content }) as const,
    );
    const runId = await finish(ai, clerk(guardrails), said);
    const same = await replayDecisions({ events: ai.events(runId), guardrails });
    expect(same.decisions.map(briefly)).toEqual(['input 0 #0 people: block > block, none']);
    const lax = await replayDecisions({
      events: ai.events(runId),
      guardrails: [people('redact', ['input'])],
    });
    expect(lax.decisions.map(briefly)).toEqual([
      'input 0 #0 people: block > redact, action',
      'input 0 #2 people: pass > redact, action (after)',
    ]);
  });

  it('gives a check that fails the reason that the run gave', async () => {
    const broken = customGuardrail({
      name: 'broken',
      check: () => {
        throw new Error('no service');
      },
    });
    const bare: Guardrail = { name: 'bare', on: ['input'], check: () => Promise.reject(new Error('away')) };
    for (const guardrail of [broken, bare]) {
      const ai = over();
      const runId = await finish(ai, clerk([guardrail]), 'Hi');
      const { decisions } = await replayDecisions({ events: ai.events(runId), guardrails: [guardrail] });
      expect(decisions.length).toBeGreaterThan(0);
      expect(new Set(decisions.map(({ change }) => change))).toEqual(new Set(['none']));
    }
  });

  it('has the texts of agents in flows, with guardrails of their own', async () => {
    const ai = over();
    const first = defineAgent({
      id: 'first',
      instructions: '',
      model: scriptedChatModel(['To ada@example.org.']),
      guardrails: [people()],
    });
    const second = defineAgent({
      id: 'second',
      instructions: '',
      model: scriptedChatModel(['Much too long an answer.', 'Short.']),
      guardrails: [brief(2)],
    });
    const flow = defineFlow({ id: 'flow', input: z.string() }, (f) =>
      f.call('two', second, f.call('one', first, f.input.$).$),
    );
    const run = await ai.start(flow, 'Hi');
    await run.result();
    const events = () => ai.events(run.id);
    const { decisions } = await replayDecisions({
      events: events(),
      guardrails: ({ agent }) => (agent === 'first' ? [people()] : [brief(2)]),
    });
    expect(decisions.map((one) => [one.stepId, one.agent, briefly(one)])).toEqual([
      ['one', 'first', 'output 1 people: redact > redact, none'],
      ['two', 'second', 'output 1 brief: retry > retry, none'],
    ]);
    const some = await replayDecisions({
      events: events(),
      guardrails: ({ stepId }) => (stepId === 'two' ? [] : undefined),
    });
    expect(some.decisions.map(({ stepId, now }) => [stepId, now.action])).toEqual([['two', 'not-asked']]);
  });

  it('has large texts out of the payload store, and says when they are gone', async () => {
    const path = join(folder, 'large.db');
    const ai = over({ path });
    const long = `${'word '.repeat(30_000)}ada@example.org`;
    const guardrails = [people()];
    const runId = await finish(ai, clerk(guardrails), long);
    const { decisions } = await replayDecisions({ events: ai.events(runId), guardrails, texts: 'show' });
    expect(decisions[0]).toMatchObject({ change: 'none', text: long });

    const { runStore, payloadStore, close } = sqliteStorage({ path });
    await expect(replayDecisions({ events: runStore.events(runId), guardrails })).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringMatching(/event \d+ of run ".+" .*orchestrator\.events/),
    });
    await payloadStore.deleteRun(runId);
    await expect(replayDecisions({ events: ai.events(runId), guardrails })).rejects.toMatchObject({
      code: 'AIWORK_CORRUPT_DATA',
      message: expect.stringContaining('is missing in the payload store'),
    });
    await close();
    await ai.prune(new Date(Date.now() + 60_000));
    await expect(replayDecisions({ events: ai.events(runId), guardrails })).rejects.toMatchObject({
      code: 'AIWORK_RUN_NOT_FOUND',
    });
  });

  it('says of a decision without a text that there is none', async () => {
    const ai = over();
    const runId = await finish(ai, clerk([people(), brief(6)]), asked);
    const events: RunEvent[] = [];
    for await (const event of ai.events(runId)) {
      if (event.type !== 'effect.recorded' || !event.key.startsWith('given-')) events.push(event);
    }
    const { texts, decisions } = await replayDecisions({ events, guardrails: [people(), brief(6)] });
    expect(texts).toBe(0);
    expect(decisions).toHaveLength(6);
    expect(decisions[0]).toMatchObject({
      stepId: 'clerk',
      guardrail: 'people',
      recorded: { action: 'redact' },
      now: { action: 'no-text' },
      change: 'unknown',
    });
  });

  it('looks at remarks as agents do: where they are shown while they come', async () => {
    const remark = {
      text: 'I ask for ada@example.org.',
      toolCalls: [{ name: 'lookUp', input: { who: 'Ada' } }],
    };
    const script = () => scriptedChatModel([remark, 'Done.'], { chunkLength: 3 });
    const guardrails = [people('redact', ['output'])];
    const agent = defineAgent({ id: 'a', instructions: '', model: script(), tools: [lookUp], guardrails });
    const ai = over();
    const runId = await finish(ai, agent, 'Hi');
    const same = await replayDecisions({ events: ai.events(runId), guardrails });
    expect(same.decisions.map(briefly)).toEqual(['output 1 people: redact > redact, none']);
    const holding = await replayDecisions({
      events: ai.events(runId),
      guardrails: [...guardrails, brief(20)],
    });
    expect(holding.decisions.map(briefly)).toEqual(['output 1 people: redact > not-asked, action']);
  });

  it('calls neither models nor tools, and writes nothing', async () => {
    const guardrails = [people(), brief(6)];
    const ai = over();
    const agent = clerk(guardrails);
    const runId = await finish(ai, agent, asked);
    const eventsOf = async () => {
      const all: RunEvent[] = [];
      for await (const event of ai.events(runId)) all.push(event);
      return all;
    };
    const before = await eventsOf();
    const { requests } = agent.options.model as ReturnType<typeof scriptedChatModel>;
    const asks = requests.length;
    await replayDecisions({ events: ai.events(runId), guardrails });
    expect(requests).toHaveLength(asks);
    expect(await eventsOf()).toEqual(before);
    expect((await ai.list()).items).toHaveLength(1);
  });

  it('stops when its signal aborts', async () => {
    const ai = over();
    const runId = await finish(ai, clerk([people()]), asked);
    const stop = new AbortController();
    const aborting: Guardrail = {
      name: 'people',
      on: ['input'],
      check: () => {
        stop.abort(new Error('enough'));
        return new Promise(() => {});
      },
    };
    await expect(
      replayDecisions({ events: ai.events(runId), guardrails: [aborting], signal: stop.signal }),
    ).rejects.toThrow('enough');
  });

  it('decides the same after a crash, whichever event was the last', async () => {
    const guardrails = [people(), brief(6)];
    const whole = over();
    const agent = () => {
      // A resume asks its model for what is not in the journal: by the conversation, not by the count of calls.
      const model = scriptedChatModel(
        Array.from({ length: 9 }, () => ({ messages }: { messages: readonly Message[] }) => {
          const last = messages.at(-1);
          if (last?.role === 'tool') return rounds()[1] as string;
          return messages.some(({ role }) => role === 'tool')
            ? (rounds()[2] as string)
            : (rounds()[0] as { toolCalls: [] });
        }),
      );
      return defineAgent({ id: 'clerk', instructions: '', model, tools: [lookUp], guardrails });
    };
    const wholeRun = await finish(whole, agent(), asked);
    const expected = (await replayDecisions({ events: whole.events(wholeRun), guardrails })).decisions.map(
      briefly,
    );
    expect(expected).toHaveLength(6);
    let length = 0;
    for await (const _ of whole.events(wholeRun)) length += 1;
    let resumed = 0;
    for (let crashAt = 1; crashAt < length; crashAt += 1) {
      const path = join(folder, `crash-${crashAt}.db`);
      let time = 1e12;
      const now = () => time;
      const unit = agent();
      const dying = over({ path, units: [unit], now, crashAt });
      const run = await dying.start(unit, asked, { runId: 'r' }).catch(() => undefined);
      await run?.result().catch(() => {});
      time += 3_600_000;
      const next = over({ path, units: [unit], now });
      if (!(await next.get('r'))) continue;
      await (await next.resume('r')).result();
      resumed += 1;
      const { decisions } = await replayDecisions({ events: next.events('r'), guardrails });
      expect(decisions.map(briefly), `after event ${crashAt}`).toEqual(expected);
    }
    expect(resumed).toBeGreaterThan(10);
  });
});
