/** What a guardrail is shown. @since 0.1.0 */
export interface GuardrailInput {
  readonly text: string;
  /** `false` while the text is still being streamed. */
  readonly final: boolean;
}

/** What a guardrail knows about where it runs. @since 0.1.0 */
export interface GuardrailContext {
  readonly signal: AbortSignal;
  readonly runId?: string;
  readonly stepId?: string;
}

/**
 * What a guardrail decides: let it pass, put `text` in its place, ask the model again with `feedback`, or end the run.
 *
 * No verdict repeats what was found in the text, also not while it is streamed: reasons are logged.
 *
 * @since 0.1.0
 */
export type Verdict =
  | { readonly action: 'pass' }
  | { readonly action: 'redact'; readonly text: string; readonly reason?: string }
  | { readonly action: 'retry'; readonly feedback: string }
  | { readonly action: 'block'; readonly reason: string };

/** Where in an agent's work a guardrail looks. @since 0.1.0 */
export type GuardrailStage = 'input' | 'output' | 'tool-call' | 'tool-result';

/**
 * A check on text that goes into or comes out of a model or tool.
 *
 * `check` answers in bounded time whatever the text, and the same text gets the same verdict. A guardrail that throws
 * counts as `block`, and its error repeats nothing of the text either. One that asks a service lets no text pass that it
 * could not check, unless it was told to.
 *
 * @since 0.1.0
 */
export interface Guardrail {
  readonly name: string;
  readonly on: readonly GuardrailStage[];
  check(input: GuardrailInput, context: GuardrailContext): Promise<Verdict> | Verdict;
}
