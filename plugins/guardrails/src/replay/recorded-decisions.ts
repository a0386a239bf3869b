import type { RunEvent, TextPlace, Verdict } from '@aiwork/core';

/** What a guardrail decided of a text. @since 0.1.0 */
export interface Decision {
  readonly action: Verdict['action'];
  /** What it gave as the reason, or told the model. */
  readonly reason?: string;
}

/** Where in a run a text is. */
export interface RunPlace extends TextPlace {
  readonly stepId: string;
}

/** What was decided of one text, by the names of guardrails. */
export interface DecidedText extends RunPlace {
  readonly decisions: ReadonlyMap<string, Decision>;
}

export interface RecordedDecisions {
  /** Takes in what an event says. */
  read(event: RunEvent): void;
  /** Takes out what was decided of the text at a place. */
  take(place: RunPlace): ReadonlyMap<string, Decision>;
  /** What was not taken out. */
  left(): readonly DecidedText[];
}

/** The decisions that a journal tells of. Of those that a resume made anew, the last counts: it is what the run went by. */
export function createRecordedDecisions(): RecordedDecisions {
  const texts = new Map<string, DecidedText & { readonly decisions: Map<string, Decision> }>();
  return {
    read(event) {
      if (event.type !== 'guardrail.decided') return;
      const { stepId, stage, turn, message, call, guardrail, action, reason } = event;
      const place = {
        stepId,
        stage,
        turn,
        ...(message !== undefined && { message }),
        ...(call !== undefined && { call }),
      };
      const key = keyOf(place);
      const text = texts.get(key) ?? { ...place, decisions: new Map() };
      texts.set(key, text);
      text.decisions.set(guardrail, { action, ...(reason !== undefined && { reason }) });
    },
    take(place) {
      const key = keyOf(place);
      const { decisions } = texts.get(key) ?? {};
      texts.delete(key);
      return decisions ?? new Map();
    },
    left: () => [...texts.values()],
  };
}

/** What an agent was given is looked at again at a hand-off, by those that have not seen it. */
function keyOf({ stepId, stage, turn, message, call }: RunPlace): string {
  return JSON.stringify([stepId, stage, stage === 'input' ? 0 : turn, message ?? call ?? 0]);
}
