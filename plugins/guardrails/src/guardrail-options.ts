import { AiworkError, type GuardrailStage } from '@aiwork/core';

/** What every guardrail of this package takes. @since 0.1.0 */
export interface GuardrailOptions {
  /** Names the guardrail in verdicts and errors. */
  readonly name: string;
  /** Where in an agent's work it looks. Default `['output']`. */
  readonly on?: readonly GuardrailStage[];
  /**
   * Most bytes a text may have in UTF-8; a longer one is blocked without being looked at. Default 1,048,576.
   */
  readonly maxTextBytes?: number;
}

const stages: readonly string[] = ['input', 'output', 'tool-call', 'tool-result'] satisfies GuardrailStage[];
const defaultMaxTextBytes = 1_048_576;

/** @internal */
export interface CheckedOptions {
  readonly name: string;
  readonly on: readonly GuardrailStage[];
  readonly maxTextBytes: number;
}

/** @internal */
export function checkOptions(options: GuardrailOptions): CheckedOptions {
  const name: unknown = options?.name;
  if (typeof name !== 'string' || name.trim() === '') refuse('a guardrail has no name: give `name` a text');
  const on = options.on ?? ['output'];
  if (!Array.isArray(on))
    refuse(`\`on\` of guardrail "${name}" is no list: give an array of ${stages.join(', ')}`);
  const wrong = on.find((stage) => !stages.includes(stage));
  if (on.length === 0 || wrong !== undefined) {
    const given = wrong === undefined ? 'is empty' : `holds "${wrong}"`;
    refuse(`\`on\` of guardrail "${name}" ${given}: give one or more of ${stages.join(', ')}`);
  }
  const maxTextBytes = wholeNumber(options.maxTextBytes ?? defaultMaxTextBytes, 'maxTextBytes', options.name);
  return { name: options.name, on: Object.freeze([...on]), maxTextBytes };
}

/** @internal */
export function wholeNumber(value: number, option: string, guardrail: string): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  return refuse(
    `${option} of guardrail "${guardrail}" is ${String(value)}: give a whole number of 1 or more`,
  );
}

// The longest delay a timer of Node keeps; a longer one would fire at once.
const longestTimerMs = 2_147_483_647;

/** @internal */
export function duration(value: number, option: string, guardrail: string): number {
  if (wholeNumber(value, option, guardrail) <= longestTimerMs) return value;
  return refuse(
    `${option} of guardrail "${guardrail}" is ${value}: give at most ${longestTimerMs} (24 days)`,
  );
}

/** @internal */
export function oneOf<T extends string>(
  value: T,
  allowed: readonly T[],
  option: string,
  guardrail: string,
): T {
  if (allowed.includes(value)) return value;
  const given = typeof value === 'string' ? `"${value}"` : typeof value;
  return refuse(`${option} of guardrail "${guardrail}" is ${given}: give ${allowed.join(', ')}`);
}

/** @internal */
export function texts(values: readonly string[], option: string, guardrail: string): readonly string[] {
  if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return values;
  return refuse(`${option} of guardrail "${guardrail}" is no list of texts: give an array of them`);
}

/** @internal */
export function refuse(message: string, cause?: unknown): never {
  throw new AiworkError('AIWORK_INVALID_ARGUMENT', message, cause === undefined ? {} : { cause });
}
