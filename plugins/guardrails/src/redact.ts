import type { Verdict } from '@aiwork/core';
import { refuse } from './guardrail-options.ts';
import type { CompiledPattern } from './pattern/compiled-pattern.ts';
import type { Match } from './pattern/scan.ts';
import { createReplacing, type Replace } from './replace-matches.ts';
import { block, pass, tooLong } from './verdict.ts';

/** How often a text is looked at that has been redacted. @internal */
export const rounds = 4;

/** @internal */
export interface Redaction {
  readonly text: string;
  /** What to call so many of what is looked for, by the numbers that matches have. */
  readonly counted: readonly ((count: number) => string)[];
  /** Gives what is in a text: those first that begin first, but for those that it gives together. */
  readonly find: (text: string) => AsyncIterable<readonly Match[]>;
  readonly replace: Replace;
  readonly maxTextBytes: number;
}

/** Replaces what is found until nothing is found any more; blocks when that does not come about. @internal */
export async function redact(redaction: Redaction): Promise<Verdict> {
  const { counted, find, replace, maxTextBytes } = redaction;
  const counts = counted.map(() => 0);
  let text = redaction.text;
  // What is left and right of a replacement may match together with it, so only a scan that finds nothing ends this.
  for (let round = 0; ; round++) {
    let left: Match | undefined;
    const replacing = createReplacing(text, replace);
    for await (const matches of find(text)) {
      left ??= matches[0];
      for (const { pattern } of matches) counts[pattern] = (counts[pattern] ?? 0) + 1;
      replacing.add(matches);
    }
    if (!left) return round === 0 ? pass : { action: 'redact', text, reason: describe(counts, counted) };
    if (round === rounds) {
      return block(`${counted[left.pattern]?.(1)} is still there after ${rounds} rounds of redaction`);
    }
    text = replacing.end();
    if (tooLong(text, maxTextBytes)) {
      return block(`the redacted text has more than the ${maxTextBytes} bytes of maxTextBytes`);
    }
  }
}

function describe(counts: readonly number[], counted: Redaction['counted']): string {
  const parts = counts.flatMap((count, i) => (count === 0 ? [] : [counted[i]?.(count)]));
  return `replaced ${parts.join(', ')}`;
}

/** @internal */
export interface Replacement {
  readonly name: string;
  readonly names: readonly string[];
  readonly compiled: readonly CompiledPattern[] | undefined;
  readonly replacement: string;
}

/**
 * Refuses what can never be redacted. Patterns of the backtracking engine are not tried here, where nothing could stop
 * them; with them the text is blocked instead.
 *
 * @internal
 */
export function refuseMatchingReplacement({ name, names, compiled, replacement }: Replacement): void {
  const matching = (text: string) => compiled?.findIndex((pattern) => pattern.test(text)) ?? -1;
  const empty = matching('');
  if (empty !== -1) {
    refuse(
      `pattern "${names[empty]}" of guardrail "${name}" matches the empty text, which cannot be redacted`,
    );
  }
  const index = matching(replacement);
  if (index === -1) return;
  refuse(
    `the replacement of guardrail "${name}" matches its pattern "${names[index]}": give another replacement`,
  );
}
