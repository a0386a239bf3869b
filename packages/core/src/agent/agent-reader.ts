import { AiworkError } from '../errors.ts';
import type { RunEvent } from '../run-event.ts';
import type { TextPlace } from '../text-place.ts';
import { failure, inputText, success } from './call-result.ts';
import {
  agentOfRecord,
  callKey,
  type GivenText,
  type RecordedCall,
  type RecordedTurn,
  recordKey,
} from './conversation-record.ts';

/** A text of an agent's conversation as it was before any guardrail saw it. @since 0.1.0 */
export interface AgentText extends TextPlace {
  readonly stepId: string;
  /** The agent the conversation began with. */
  readonly agent: string;
  readonly text: string;
  /** Of a tool's call or result: which tool. */
  readonly tool?: string;
  /** What a model said beside its calls: guardrails look at it only where it is shown while it comes. */
  readonly remark?: true;
}

/** Gives the texts of agents out of the events of one run. @since 0.1.0 */
export interface AgentReader {
  /**
   * The texts that an event brings; the events of the run in their order, from its first on.
   *
   * @throws `AIWORK_INVALID_ARGUMENT` when the text was moved to the payload store: `orchestrator.events` brings it back.
   */
  read(event: RunEvent): readonly AgentText[];
}

interface OpenCall extends Required<Pick<TextPlace, 'turn' | 'call'>> {
  readonly tool: string;
  output?: unknown;
}

interface OpenAgent {
  readonly agent: string;
  turns: number;
  /** By the key of the record that tells how they ended. */
  readonly calls: Map<string, OpenCall>;
}

/**
 * Reads what guardrails look at out of a journal: what the user said, what the model answered, calls of tools and their
 * results. All of it is in the journal of a run with agents; sub-flows have journals of their own.
 *
 * @example
 * ```ts
 * import { createAgentReader, createOrchestrator, defineAgent } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 *
 * const greeter = defineAgent({ id: 'greeter', instructions: 'Greet.', model: scriptedChatModel(['Hello, Ada!']) });
 * await using ai = createOrchestrator();
 * const run = await ai.start(greeter, 'I am Ada.');
 * await run.result();
 * const reader = createAgentReader();
 * const texts: string[] = [];
 * for await (const event of ai.events(run.id)) {
 *   for (const { stage, turn, text } of reader.read(event)) texts.push(`${stage} ${turn}: ${text}`);
 * }
 * console.log(texts.join(' ')); // input 0: I am Ada. output 1: Hello, Ada!
 * ```
 * @since 0.1.0
 */
export function createAgentReader(): AgentReader {
  const agents = new Map<string, OpenAgent>();
  /** Calls whose end is not known yet, by the id of their step. */
  const calls = new Map<string, OpenCall>();

  function begin(stepId: string, agent: string, given: readonly GivenText[]): readonly AgentText[] {
    agents.set(stepId, { agent, turns: 0, calls: new Map() });
    return given.map(({ message, text }) => ({ stepId, agent, stage: 'input', turn: 0, message, text }));
  }

  function readTurn(stepId: string, open: OpenAgent, reply: RecordedTurn): readonly AgentText[] {
    open.turns += 1;
    const { agent, turns: turn } = open;
    const { text, toolCalls, handOffs = [], unknown = [] } = reply;
    const said = { stepId, agent, stage: 'output', turn, text } as const;
    if (toolCalls.length === 0) return [said];
    const texts: AgentText[] = [{ ...said, remark: true }];
    const toTools = toolCalls.filter(({ id }) => !handOffs.includes(id));
    for (const [i, { id, name, input }] of toTools.entries()) {
      if (unknown.includes(id)) continue;
      const call = i + 1;
      const key = callKey(turn, call, name);
      const opened: OpenCall = { turn, call, tool: name };
      open.calls.set(recordKey.called(key), opened);
      calls.set(`${stepId}/${key}`, opened);
      texts.push({ stepId, agent, stage: 'tool-call', turn, call, tool: name, text: inputText(input) });
    }
    return texts;
  }

  function readCall(
    stepId: string,
    { agent }: OpenAgent,
    { output, ...place }: OpenCall,
    { error }: RecordedCall,
  ): readonly AgentText[] {
    const { content } = error === undefined ? success(output) : failure(error);
    return [{ stepId, agent, stage: 'tool-result', ...place, text: content }];
  }

  function readRecord(event: Extract<RunEvent, { type: 'effect.recorded' }>): readonly AgentText[] {
    const { stepId, key } = event;
    const open = agents.get(stepId);
    if (!open) {
      const agent = agentOfRecord(key);
      const given = agent === undefined ? undefined : wholeOf(event).value;
      return agent !== undefined && isGiven(given) ? begin(stepId, agent, given) : [];
    }
    if (key === recordKey.turn(open.turns + 1))
      return readTurn(stepId, open, wholeOf(event).value as RecordedTurn);
    const call = open.calls.get(key);
    return call ? readCall(stepId, open, call, wholeOf(event).value as RecordedCall) : [];
  }

  return {
    read(event) {
      if (event.type === 'effect.recorded') return readRecord(event);
      if (event.type !== 'step.succeeded') return [];
      const call = calls.get(event.stepId);
      if (call) call.output = wholeOf(event).output;
      return [];
    },
  };
}

/** Steps of the user's may keep records under any key. */
function isGiven(value: unknown): value is readonly GivenText[] {
  return Array.isArray(value) && value.every((item) => typeof item?.text === 'string');
}

function wholeOf<T extends RunEvent>(event: T): T {
  const { refs, tagged, runId, seq } = event;
  if (!refs && !tagged) return event;
  throw new AiworkError(
    'AIWORK_INVALID_ARGUMENT',
    `event ${seq} of run "${runId}" is as a run store keeps it, without its value: read the events with orchestrator.events`,
  );
}
