import type { CompiledPattern, PatternSpec } from './compiled-pattern.ts';
import { type Match, type ScanGoal, scan } from './scan.ts';
import { createScanThread } from './scan-thread.ts';

// Measured: an instruction takes at most about 20 ns at a character, so this is 40 ms in the worst case, 1 ms as a rule.
const inlineSteps = 2_000_000;
// All matches together may take quadratic time, one pass for each, so the clock is watched between two.
const inlineMs = 25;

/** @internal */
export interface Scanner {
  /**
   * @throws ScanTimeout after `timeoutMs`; the signal's reason when it aborts.
   */
  scan(text: string, goal: ScanGoal, signal: AbortSignal): Promise<readonly Match[]>;
}

/** @internal */
export interface ScannerOptions {
  readonly specs: readonly PatternSpec[];
  /** The patterns for this thread; without them all work is done by the backtracking engine in the other. */
  readonly inline: readonly CompiledPattern[] | undefined;
  readonly timeoutMs: number;
}

/**
 * Looks for patterns without ever holding up the event loop: what is surely cheap is done at once, all else in a thread
 * that ends when time is up.
 */
export function createScanner({ specs, inline, timeoutMs }: ScannerOptions): Scanner {
  const engine = inline ? 'linear' : 'backtracking';
  const thread = createScanThread({ engine, patterns: specs }, timeoutMs);
  const size = inline?.reduce((sum, pattern) => sum + pattern.size, 0) ?? Number.POSITIVE_INFINITY;
  return {
    async scan(text, goal, signal) {
      signal.throwIfAborted();
      if (!inline || size * text.length > inlineSteps) return thread.scan({ text, goal }, signal);
      const matches = scanInline(inline, text, goal);
      return matches ?? thread.scan({ text, goal }, signal);
    },
  };
}

function scanInline(patterns: readonly CompiledPattern[], text: string, goal: ScanGoal): Match[] | undefined {
  const until = performance.now() + inlineMs;
  const matches: Match[] = [];
  for (const match of scan(patterns, text, goal)) {
    matches.push(match);
    if (performance.now() > until) return undefined;
  }
  return matches;
}
