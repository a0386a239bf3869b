import type { Guardrail, RunEvent, TextPlace } from '@aiwork/core';
import type { Decision } from './recorded-decisions.ts';

/** Whose texts they are. @since 0.1.0 */
export interface ReplayedAgent {
  readonly stepId: string;
  /** The agent the conversation began with; absent where the journal does not have it. */
  readonly agent?: string;
}

/** @since 0.1.0 */
export interface ReplayOptions {
  /** The events of one run, as `orchestrator.events` gives them. */
  readonly events: AsyncIterable<RunEvent> | Iterable<RunEvent>;
  /**
   * What is asked now, in the order agents ask it, those of agents that took a conversation over included. Where agents have
   * different ones, a function; it leaves out those for which it gives nothing.
   */
  readonly guardrails: readonly Guardrail[] | ((agent: ReplayedAgent) => readonly Guardrail[] | undefined);
  /** `show`: with the text that each guardrail is shown. Default `omit`. */
  readonly texts?: 'omit' | 'show';
  readonly signal?: AbortSignal;
}

/** What became of a guardrail's decision, and of its text. @since 0.1.0 */
export interface ReplayedDecision extends TextPlace, ReplayedAgent {
  /** Of a tool's call or result: which tool. */
  readonly tool?: string;
  /** Its name. Where two looked at a text under one name, only one of their decisions is found. */
  readonly guardrail: string;
  /** As the journal has it. `pass` where it has none: the text passed, or the guardrail was not asked. */
  readonly recorded: Decision;
  /**
   * `not-asked`: none of this name looks at this text, or one before it ended the matter. `no-text`: the journal does not
   * have the text, or does not say which it was.
   */
  readonly now: Decision | { readonly action: 'not-asked' | 'no-text'; readonly reason: string };
  /** What differs. `reason`: the action is the same, such as a redaction of more. `unknown`: there is no text. */
  readonly change: 'none' | 'reason' | 'action' | 'unknown';
  /**
   * An earlier decision of this step differs: the run would have gone on otherwise from there, and might never have come to
   * this text.
   */
  readonly afterChange: boolean;
  /** What the guardrail is shown now: what those before it left of the text. */
  readonly text?: string;
}

/** @since 0.1.0 */
export interface DecisionReplay {
  /** How many texts were shown to guardrails. */
  readonly texts: number;
  /** Each decision, recorded or of now, but those to let a text pass, in the order of the run. */
  readonly decisions: readonly ReplayedDecision[];
}
