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
 * One text that is still coming, as a guardrail sees it.
 *
 * @since 0.1.0
 */
export interface GuardrailStream {
  /**
   * Takes the next piece of the text, however it was cut, and gives what may be shown now beside what it gave before.
   */
  push(piece: string): string;
}

/**
 * How a guardrail looks at a text that is still coming.
 *
 * @since 0.1.0
 */
export interface GuardrailStreaming {
  /**
   * Most UTF-16 units that are held back of a text in which nothing is found: how far back it needs to see.
   * `Infinity` when that depends on the text.
   */
  readonly windowChars: number;
  /**
   * Begins with a text. What its stream gives, put together, is at any time a beginning of what `check` lets through of
   * the whole text: of the text itself when that passes, of `text` when it is redacted, and nothing from where it is found
   * that the model is asked again or the run ends. A stream only looks; `check` still decides.
   */
  begin(context: GuardrailContext): GuardrailStream;
}

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
  /** Without it nothing of an answer is shown before the whole of it has passed. */
  readonly streaming?: GuardrailStreaming;
  check(input: GuardrailInput, context: GuardrailContext): Promise<Verdict> | Verdict;
}
