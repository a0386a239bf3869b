import type { Adapter, Guardrail } from '@aiwork/core';

/**
 * What a subject knows about its guardrail, whatever that looks for.
 *
 * @since 0.1.0
 */
export interface GuardrailFacts {
  /** Texts that pass. */
  readonly passes: readonly string[];
  /** Texts that do not, and what is decided. */
  readonly catches: readonly {
    readonly text: string;
    readonly action: 'redact' | 'retry' | 'block';
    /** The part of the text that no verdict may repeat. */
    readonly found?: string;
  }[];
  /** Most milliseconds a check may take, whatever the text. */
  readonly maxMs: number;
  /** Whether a text passes that could not be checked, because a service behind the guardrail is away. Default `false`. */
  readonly failsOpen?: boolean;
  /** Whether it can look at texts that are still coming. Default: whether it has `streaming`. */
  readonly streams?: boolean;
}

/** A guardrail as the checks see it: `capabilities` are its facts. @since 0.1.0 */
export interface GuardrailUnderTest extends Adapter<GuardrailFacts> {
  readonly guardrail: Guardrail;
}

/**
 * A guardrail with what is known about it, for the `open` of a subject.
 *
 * @since 0.1.0
 */
export function guardrailUnderTest(guardrail: Guardrail, facts: GuardrailFacts): GuardrailUnderTest {
  const close = async () => {};
  const capabilities = { streams: guardrail.streaming !== undefined, ...facts };
  return { guardrail, capabilities, close, [Symbol.asyncDispose]: close };
}

/** Whether the subject names something that no verdict may repeat. */
export const withFindings = ({ catches }: GuardrailFacts): true | string =>
  catches.some(({ found }) => found !== undefined) || 'the subject names nothing that must not be repeated';

/** Whether the subject looks at texts that are still coming. */
export const withStreams = ({ streams }: GuardrailFacts): true | string =>
  streams === true || 'it does not look at texts that are still coming';
