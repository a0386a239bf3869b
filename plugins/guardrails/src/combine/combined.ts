import type { Guardrail, GuardrailStage } from '@aiwork/core';
import { checkOptions, refuse } from '../guardrail-options.ts';

/** What guardrails take that are made of others. @since 0.1.0 */
export interface CombinedOptions {
  /** Names the whole in verdicts and errors. */
  readonly name: string;
  /** What it is made of. */
  readonly guardrails: readonly Guardrail[];
  /** Where the whole looks. Default: where its guardrails do, which then have to agree. */
  readonly on?: readonly GuardrailStage[];
}

/** @internal */
export interface Combined {
  readonly name: string;
  readonly on: readonly GuardrailStage[];
  readonly guardrails: readonly Guardrail[];
}

/**
 * @throws `AIWORK_INVALID_ARGUMENT` when there are no guardrails, or they look at different places and `on` is not given.
 * @internal
 */
export function combined(options: CombinedOptions, what: string): Combined {
  const given = options.guardrails ?? [];
  if (!Array.isArray(given)) refuse(`\`guardrails\` of ${what} "${options.name}" is no list: give an array`);
  const guardrails = [...given];
  if (guardrails.length === 0) refuse(`${what} "${options.name}" is empty: give \`guardrails\` one or more`);
  const wrong = guardrails.findIndex((each) => typeof each?.check !== 'function' || !Array.isArray(each.on));
  if (wrong >= 0) refuse(`guardrails[${wrong}] of ${what} "${options.name}" is no guardrail`);
  const { name, on } = checkOptions({
    name: options.name,
    on: options.on ?? sharedStages(`${what} "${options.name}"`, guardrails),
  });
  return { name, on, guardrails };
}

function sharedStages(what: string, guardrails: readonly Guardrail[]): readonly GuardrailStage[] {
  const [first, ...others] = guardrails as [Guardrail, ...Guardrail[]];
  const stages = (guardrail: Guardrail) => [...new Set(guardrail.on)].sort().join(', ');
  const other = others.find((guardrail) => stages(guardrail) !== stages(first));
  if (!other) return first.on;
  return refuse(
    `${what} holds "${first.name}" for ${stages(first)} and "${other.name}" for ${stages(other)}: give \`on\`, or make two`,
  );
}
