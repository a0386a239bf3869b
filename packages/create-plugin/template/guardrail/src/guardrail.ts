import type { Guardrail } from '@aiwork/core';

// The contract is the TSDoc of `Guardrail` in @aiwork/core. [guardrail.verdicts] names the checks that hold a line to
// it: `npx aiwork-contract explain ID` says what one is about.

export interface GuardrailOptions {
  /** Shown where it blocks. Default: the name of this package. */
  readonly name?: string;
}

export function createGuardrail({ name = 'my-plugin' }: GuardrailOptions = {}): Guardrail {
  return {
    name,

    // Where it looks: 'input', 'output', 'tool-call', 'tool-result'.
    on: ['input', 'output'],

    // The same text gets the same verdict, which never repeats what was found. [guardrail.verdicts]
    // While `final` is false more of the text may come: pass what may still turn out well. [guardrail.streaming]
    // Ends in bounded time whatever the text, and when `signal` is aborted. [guardrail.ending]
    // A guardrail that throws blocks: until this is implemented, it blocks everything.
    async check({ text, final }, { signal }) {
      throw notYet('check');
    },
  };
}

function notYet(method: keyof Guardrail): Error {
  return new Error(`not implemented yet: Guardrail.${method}`);
}
