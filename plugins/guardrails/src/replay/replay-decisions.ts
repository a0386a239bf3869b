import { type AgentText, createAgentReader, type Guardrail } from '@aiwork/core';
import { decideAgain, type Redecided } from './decide-again.ts';
import type { DecisionReplay, ReplayedDecision, ReplayOptions } from './decision-replay.ts';
import { createRecordedDecisions, type RecordedDecisions } from './recorded-decisions.ts';

/**
 * Decides again on what guardrails saw in a run: would these guardrails decide the same, and on what text?
 *
 * The texts come out of the journal, and nothing is written. No model and no tool of the run is called; guardrails that ask
 * a model or a service themselves ask it anew. Where today's guardrails decide otherwise the rest of the run is replayed as it
 * was, and marked `afterChange`. Sub-flows have runs of their own, and so has what queues brought elsewhere.
 *
 * @throws `AIWORK_RUN_NOT_FOUND` when the run was pruned, `AIWORK_CORRUPT_DATA` when a text is gone from the payload store,
 * both while `events` are read; `AIWORK_INVALID_ARGUMENT` when the texts were left in the payload store; the reason of the
 * signal.
 * @example
 * ```ts
 * import { createOrchestrator, defineAgent } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { lengthGuardrail, replayDecisions } from '@aiwork/guardrails';
 *
 * const brief = (max: number) => lengthGuardrail({ name: 'brief', unit: 'words', max, onFail: 'retry' });
 * const model = scriptedChatModel(['It is a quarter past nine.', 'A quarter past nine.']);
 * const clock = defineAgent({ id: 'clock', instructions: 'Tell the time.', model, guardrails: [brief(5)] });
 * await using ai = createOrchestrator();
 * const run = await ai.start(clock, 'What time is it?');
 * await run.result();
 *
 * const { decisions } = await replayDecisions({ events: ai.events(run.id), guardrails: [brief(6)] });
 * for (const { stage, turn, recorded, now, change } of decisions)
 *   console.log(stage, turn, recorded.action, now.action, change); // output 1 retry pass action
 * ```
 * @since 0.1.0
 */
export async function replayDecisions(options: ReplayOptions): Promise<DecisionReplay> {
  const { guardrails, signal = new AbortController().signal } = options;
  const guardrailsOf = typeof guardrails === 'function' ? guardrails : () => guardrails;
  const { runId, texts, decided } = await readJournal(options.events);
  const replayed = createReplayedDecisions();
  /** Steps whose input was refused, and is: nobody comes to the messages that follow. */
  const refused = new Set<string>();
  let shown = 0;
  for (const { text, remark, ...place } of texts) {
    const { stepId, agent, stage } = place;
    const recorded = decided.take(place);
    const known = guardrailsOf({ stepId, agent });
    if (!known || (stage === 'input' && refused.has(stepId))) continue;
    const asked = remark && !isShownWhileItComes(known) ? [] : known.filter(({ on }) => on.includes(stage));
    if (asked.length > 0) shown += 1;
    const again = await decideAgain(asked, text, recorded, { stage, signal, runId, stepId });
    for (const { text: seen, ...decision } of again) {
      const whatWasSeen = options.texts === 'show' && seen !== undefined && { text: seen };
      replayed.add({ ...place, ...decision, ...whatWasSeen });
    }
    if (stage === 'input' && isRefused(again)) refused.add(stepId);
  }
  for (const { decisions, ...place } of decided.left()) {
    if (!guardrailsOf({ stepId: place.stepId })) continue;
    for (const [guardrail, recorded] of decisions)
      replayed.add({ ...place, guardrail, recorded, now: noText });
  }
  return { texts: shown, decisions: replayed.decisions };
}

const noText = {
  action: 'no-text',
  reason: 'the journal does not have the text, or not which it was',
} as const;

/** Then and now, be it by different guardrails. */
function isRefused(decisions: readonly Redecided[]): boolean {
  const isOver = ({ action }: { readonly action: string }) => action === 'block' || action === 'retry';
  return decisions.some(({ recorded }) => isOver(recorded)) && decisions.some(({ now }) => isOver(now));
}

interface Journal {
  readonly runId: string;
  readonly texts: readonly AgentText[];
  readonly decided: RecordedDecisions;
}

async function readJournal(events: ReplayOptions['events']): Promise<Journal> {
  const reader = createAgentReader();
  const decided = createRecordedDecisions();
  const texts: AgentText[] = [];
  let runId = '';
  for await (const event of events) {
    runId = event.runId;
    texts.push(...reader.read(event));
    decided.read(event);
  }
  return { runId, texts, decided };
}

/** As agents have it: what a model says beside its calls is looked at where some of it was shown. */
function isShownWhileItComes(guardrails: readonly Guardrail[]): boolean {
  return guardrails.every(({ on, streaming }) => !on.includes('output') || streaming);
}

/** Says of each decision what differs, and whether one before it did. */
function createReplayedDecisions() {
  const decisions: ReplayedDecision[] = [];
  const changedSteps = new Set<string>();
  return {
    decisions: decisions as readonly ReplayedDecision[],
    add(decision: Omit<ReplayedDecision, 'change' | 'afterChange'>): void {
      const { stepId } = decision;
      const change = changeOf(decision);
      decisions.push({ ...decision, change, afterChange: changedSteps.has(stepId) });
      if (change === 'action' || change === 'reason') changedSteps.add(stepId);
    },
  };
}

function changeOf({ recorded, now }: Redecided): ReplayedDecision['change'] {
  if (now.action === 'no-text') return 'unknown';
  if (now.action !== recorded.action) return 'action';
  return now.reason === recorded.reason ? 'none' : 'reason';
}
