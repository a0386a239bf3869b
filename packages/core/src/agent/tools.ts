import type { Message, ToolCall } from '../adapters/chat-model.ts';
import type { UnitContext } from '../engine/unit-context.ts';
import { validate } from '../schema.ts';
import type { TextPlace } from '../text-place.ts';
import { isFatal } from '../tools/fatal-error.ts';
import type { AnyTool } from '../units/tool.ts';
import { approvalOf } from './approval.ts';
import { type CallResult, failure, inputText, success } from './call-result.ts';
import type { Callables } from './callables.ts';
import { callKey, type RecordedCall, recordKey } from './conversation-record.ts';
import type { Floor } from './floor.ts';
import { screen } from './guardrails.ts';

/** Where a call is: in which turn, and which of its calls, from 1. */
type CallPlace = Pick<TextPlace, 'turn' | 'call'>;

/** A call that names a tool there is, with an input that passed so far. */
interface OpenCall {
  readonly tool: AnyTool;
  readonly input: unknown;
  readonly place: CallPlace;
  readonly key: string;
}

/**
 * Makes the calls of a turn and gives what to tell the model, in the order of the calls. Nothing runs before all of them
 * have passed the guardrails and, where a person has to agree, been decided on; then all run at once.
 *
 * @throws what ends the run: a guardrail that blocks, a cancellation, a used-up budget, a lost lease.
 */
export async function makeCalls(
  floor: Floor,
  calls: readonly ToolCall[],
  callables: Callables,
  turn: number,
  ctx: UnitContext,
): Promise<readonly Message[]> {
  const checked = await allOf(calls, (call, i) => check(floor, call, callables, { turn, call: i + 1 }, ctx));
  const decided = await allOf(checked, (call) => ('tool' in call ? decide(call, ctx) : call));
  const results = await allOf(decided, (call) => ('tool' in call ? run(floor, call, ctx) : call));
  return results.map((result, i) => messageOf(calls[i] as ToolCall, result));
}

function messageOf({ id }: ToolCall, { content, isError }: CallResult): Message {
  return { role: 'tool', toolCallId: id, content, ...(isError && { isError }) };
}

/** Works on all items at once, and waits for all: none may be left at work behind the failure of another. */
async function allOf<T, R>(items: readonly T[], work: (item: T, i: number) => Promise<R> | R): Promise<R[]> {
  const settled = await Promise.allSettled(items.map(async (item, i) => work(item, i)));
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function check(
  floor: Floor,
  { name, input }: ToolCall,
  callables: Callables,
  place: Required<CallPlace>,
  ctx: UnitContext,
): Promise<OpenCall | CallResult> {
  const tool = callables.get(name);
  if (tool?.kind !== 'tool') {
    const names = [...callables.keys()].join(', ') || 'none';
    return failure(`there is no tool called ${JSON.stringify(name)}; there are: ${names}`);
  }
  const screened = await screen(floor.guardrails, { stage: 'tool-call', ...place }, inputText(input), ctx);
  if ('feedback' in screened) return failure(screened.feedback);
  const key = callKey(place.turn, place.call, tool.id);
  try {
    return { tool, input: JSON.parse(screened.text), place, key };
  } catch {
    return failure('a guardrail left no valid JSON of the input');
  }
}

/** Asks a person where the tool wants that. What they are shown is an input the tool will take. */
async function decide(call: OpenCall, ctx: UnitContext): Promise<OpenCall | CallResult> {
  const { tool, input, key } = call;
  if (tool.approval === false) return call;
  try {
    const what = `input of tool "${tool.id}"`;
    const parsed = await validate(tool.input, input, { code: 'AIWORK_INVALID_INPUT', what });
    const { approved, reason } = await approvalOf(tool, input, parsed, key, ctx);
    return approved ? call : failure(`a person refused this call${reason ? `: ${reason}` : ''}`);
  } catch (error) {
    return failure(messageForModel(error, ctx));
  }
}

/**
 * The call is journaled as a step of its own. Recorded beside it is that it was counted, and what a failure was: a
 * resume neither counts it again nor tells the model another story.
 */
async function run(
  floor: Floor,
  { tool, input, place, key }: OpenCall,
  ctx: UnitContext,
): Promise<CallResult> {
  const call = async () => ({ output: await ctx.run(tool, input, { key }) });
  let made: Awaited<ReturnType<typeof call>> | undefined;
  const { error } = await ctx.once(recordKey.called(key), async (): Promise<RecordedCall> => {
    ctx.requireBudget('tool');
    let error: string | undefined;
    try {
      made = await call();
    } catch (thrown) {
      error = messageForModel(thrown, ctx);
    }
    ctx.spend({ type: 'tool.called', tool: tool.id, ok: error === undefined });
    return error === undefined ? {} : { error };
  });
  // After a resume, the step gives the output it has in the journal.
  const result = error === undefined ? success((made ?? (await call())).output) : failure(error);
  const screened = await screen(floor.guardrails, { stage: 'tool-result', ...place }, result.content, ctx);
  return 'feedback' in screened ? failure(screened.feedback) : { ...result, content: screened.text };
}

function messageForModel(error: unknown, { signal }: UnitContext): string {
  if (isFatal(error, signal)) throw signal.aborted ? signal.reason : error;
  return error instanceof Error ? error.message : String(error);
}
