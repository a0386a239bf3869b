import type { AnyAdapter } from './any-adapter.ts';
import type { Check } from './contract.ts';

interface Failure {
  readonly expected: string;
  readonly seen: string;
  readonly subject: string;
  readonly replay: string;
}

/** Everything somebody needs who sees nothing but this message. */
export function failureMessage<A extends AnyAdapter>(check: Check<A>, failure: Failure): string {
  return [
    `${check.id} failed on ${failure.subject}`,
    `  rule      ${check.rule} (${check.anchor})`,
    `  expected  ${failure.expected}`,
    `  seen      ${failure.seen}`,
    `  why       ${check.why}`,
    `  replay    ${failure.replay}`,
  ].join('\n');
}

/** What runs one check again as it ran. `file` exports the run. */
export function replayCommand(check: string, seed: number, file = 'FILE'): string {
  const word = /^[\w@%+=:,./\\-]+$/.test(file) ? file : JSON.stringify(file);
  return `aiwork-contract replay ${word} ${check} ${seed}`;
}
