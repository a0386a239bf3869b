import type { CompiledPattern, PatternSpec } from './compiled-pattern.ts';
import { type Match, type ScanGoal, type ScanRequest, scan } from './scan.ts';
import { createScanThread } from './scan-thread.ts';

// Measured: an instruction takes at most about 20 ns at a character, so this is 40 ms in the worst case, 1 ms as a rule.
const inlineSteps = 2_000_000;
// All matches together may take quadratic time, one pass for each, so the clock is watched between two.
const inlineMs = 25;

/** @internal */
export interface Scanner {
  /**
   * Looks for the patterns with the numbers `among`, or for all.
   *
   * @throws ScanTimeout after `timeoutMs`; the signal's reason when it aborts.
   */
  scan(
    text: string,
    goal: ScanGoal,
    signal: AbortSignal,
    among?: readonly number[],
  ): Promise<readonly Match[]>;
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
  const all = specs.map((_, number) => number);
  return {
    async scan(text, goal, signal, among = all) {
      signal.throwIfAborted();
      if (!inline) return thread.scan({ text, goal, among }, signal);
      // Of what has to be there, the first that is not is told: none may be left out.
      const open = goal === 'missing' ? among : among.filter((number) => inline[number]?.mayMatch(text));
      if (open.length === 0) return [];
      const request = { text, goal, among: open };
      const size = open.reduce((sum, number) => sum + (inline[number]?.size ?? 0), 0);
      const matches = size * text.length > inlineSteps ? undefined : scanInline(inline, request);
      return matches ?? thread.scan(request, signal);
    },
  };
}

function scanInline(patterns: readonly CompiledPattern[], request: ScanRequest): Match[] | undefined {
  const until = performance.now() + inlineMs;
  const matches: Match[] = [];
  for (const match of scan(patterns, request)) {
    matches.push(match);
    if (performance.now() > until) return undefined;
  }
  return matches;
}
