import type { AnyAdapter } from './any-adapter.ts';
import type { Check } from './contract.ts';

interface Failure {
  readonly expected: string;
  readonly seen: string;
  readonly subject: string;
  readonly seed: number;
}

/** Everything somebody needs who sees nothing but this message. */
export function failureMessage<A extends AnyAdapter>(check: Check<A>, failure: Failure): string {
  return [
    `${check.id} failed on ${failure.subject}`,
    `  rule      ${check.rule} (${check.anchor})`,
    `  expected  ${failure.expected}`,
    `  seen      ${failure.seen}`,
    `  why       ${check.why}`,
    `  replay    aiwork-contract check FILE --check ${check.id} --seed ${failure.seed}`,
  ].join('\n');
}
