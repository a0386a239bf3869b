import type { CompiledPattern, PatternSpec } from './compiled-pattern.ts';
import { linearPattern } from './linear-pattern.ts';
import { PatternError } from './pattern-error.ts';

/**
 * Patterns that match where any of some do, one for each set of flags: most texts have nothing of what is looked for, and
 * that is found out in one pass. Nothing comes back for patterns that cannot be put together.
 */
export function anyOf(specs: readonly PatternSpec[]): readonly CompiledPattern[] | undefined {
  const byFlags = new Map<string, string[]>();
  for (const { source, flags } of specs) {
    const sources = byFlags.get(flags) ?? [];
    byFlags.set(flags, sources);
    sources.push(`(?:${source})`);
  }
  try {
    return [...byFlags].map(([flags, sources]) => linearPattern({ source: sources.join('|'), flags }));
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}
