import { AiworkError, type JsonSchema, type Message } from '@aiwork/core';
import type { AskModel } from './ask-model.ts';
import type { Refusal } from './budget/purse.ts';
import type { Candidate, Score } from './candidate.ts';
import type { Draft, Evaluator, Inquiry, ProposeOptions, Workspace } from './strategy.ts';
import type { ThinkingEvent } from './thinking-event.ts';

export interface WorkspaceOptions {
  readonly question: string;
  readonly messages: readonly Message[];
  readonly askModel: AskModel;
  readonly temperature: number;
  readonly maxTokens: number;
  readonly schema?: JsonSchema;
  finalAnswer(text: string): string;
  answerKey(answer: string): string;
  onEvent(event: ThinkingEvent): void;
  /** Aborts when time is over or the thinking is cancelled. */
  readonly signal: AbortSignal;
}

/** The workspace of one thinking, and what its owner wants to know of it at the end. */
export interface OwnedWorkspace extends Workspace {
  /** The first limit a call did not fit into. */
  readonly refused: Refusal | undefined;
  /** What calls failed with. */
  readonly failures: readonly unknown[];
}

export function createWorkspace(options: WorkspaceOptions): OwnedWorkspace {
  const { question, messages, askModel, onEvent, signal } = options;
  const failures: unknown[] = [];
  let round = 0;
  let proposed = 0;
  let inquiries = 0;
  let kept: Candidate | undefined;
  let refused: Refusal | undefined;

  function refuse(refusal: Refusal): void {
    if (refused) return;
    refused = refusal;
    onEvent({ type: 'budget.refused', ...refusal });
  }

  function begin(alternatives: number, why: string): void {
    round += 1;
    proposed = 0;
    inquiries = 0;
    onEvent({ type: 'round.started', round, alternatives, why });
  }

  async function proposeOne(draft: Draft, id: string, stop: AbortSignal): Promise<Candidate | undefined> {
    const parents = (draft.parents ?? []).map((parent) => parent.id);
    const of = { id, round } as const;
    onEvent({ type: 'alternative.started', ...of, parents });
    const { temperature = options.temperature } = draft;
    const asked = await askModel(
      `alternative-${id}`,
      {
        messages: draft.messages,
        temperature,
        maxTokens: options.maxTokens,
        ...(options.schema && { schema: options.schema }),
      },
      stop,
    );
    if ('refused' in asked) {
      refuse(asked.refused);
      onEvent({ type: 'alternative.lost', ...of, reason: unaffordable(asked.refused) });
      return undefined;
    }
    if ('lost' in asked) {
      if (!stop.aborted) failures.push(asked.error);
      onEvent({ type: 'alternative.lost', ...of, reason: asked.lost });
      return undefined;
    }
    const answer = options.finalAnswer(asked.text);
    const candidate = { ...of, text: asked.text, answer, key: options.answerKey(answer), parents };
    onEvent({ type: 'alternative.proposed', ...of, parents, text: asked.text, answer });
    return candidate;
  }

  async function proposeMore(
    drafts: readonly Draft[],
    { enough }: Omit<ProposeOptions, 'why'>,
  ): Promise<readonly Candidate[]> {
    if (refused || signal.aborted) return [];
    const isEnough = new AbortController();
    const stop = AbortSignal.any([signal, isEnough.signal]);
    const found: Candidate[] = [];
    const given = await Promise.all(
      drafts.map(async (draft) => {
        proposed += 1;
        const candidate = await proposeOne(draft, `${round}.${proposed}`, stop);
        if (!candidate) return undefined;
        found.push(candidate);
        if (enough?.(found)) isEnough.abort(new Error('not needed any more'));
        return candidate;
      }),
    );
    return given.filter((candidate) => candidate !== undefined);
  }

  async function ask(inquiry: Inquiry): Promise<string | undefined> {
    if (refused || signal.aborted) return undefined;
    const { name, temperature = 0, maxTokens = options.maxTokens } = inquiry;
    inquiries += 1;
    const id = `${round}.${name}-${inquiries}`;
    const request = { messages: inquiry.messages, temperature, maxTokens };
    const reply = await askModel(`question-${id}`, request, signal);
    if ('text' in reply) return reply.text;
    if ('refused' in reply) refuse(reply.refused);
    const reason = 'lost' in reply ? reply.lost : unaffordable(reply.refused);
    onEvent({ type: 'question.lost', id, round, reason });
    return undefined;
  }

  /** What it needs may be away for a while, as models may: then it says nothing. Other failures are its own. */
  async function scored(evaluator: Evaluator, candidates: readonly Candidate[]): Promise<readonly Score[]> {
    try {
      return await evaluator.score(candidates, { question, ask, signal });
    } catch (error) {
      const isAway = AiworkError.isInstance(error) && error.retryable;
      if (!isAway && !signal.aborted) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      onEvent({ type: 'question.lost', id: `${round}.${evaluator.name}`, round, reason });
      return [];
    }
  }

  return {
    question,
    messages,
    get round() {
      return round;
    },
    get kept() {
      return kept;
    },
    get isSpent() {
      return refused !== undefined || signal.aborted;
    },
    get refused() {
      return refused;
    },
    failures,
    propose(drafts, { why, ...rest }) {
      if (refused || signal.aborted) return Promise.resolve([]);
      begin(drafts.length, why);
      return proposeMore(drafts, rest);
    },
    proposeMore,
    ask,
    async evaluate(evaluator, candidates) {
      if (candidates.length === 0) return [];
      const scores = await scored(evaluator, candidates);
      if (scores.length > 0) onEvent({ type: 'alternatives.scored', round, by: evaluator.name, scores });
      return scores;
    },
    keep(candidate, why) {
      kept = candidate;
      onEvent({ type: 'alternative.kept', id: candidate.id, round, why });
    },
    criticised(candidate, critique) {
      onEvent({ type: 'alternative.criticised', id: candidate.id, round, critique });
    },
  };
}

function unaffordable({ limit }: Refusal): string {
  return `the budget leaves nothing for it (${limit})`;
}
