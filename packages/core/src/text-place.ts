import type { GuardrailStage } from './adapters/guardrail.ts';

/** Which text of an agent's conversation guardrails look at. @since 0.1.0 */
export interface TextPlace {
  readonly stage: GuardrailStage;
  /** The turn it came in, from 1; 0 for what the agent was given. */
  readonly turn: number;
  /** Of an input: which message of the conversation, from 0. */
  readonly message?: number;
  /** Of a tool's call or result: which call of the turn, from 1, as in the id of its step. */
  readonly call?: number;
}
