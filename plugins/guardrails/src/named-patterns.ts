import { shorten } from './describe-error.ts';
import { refuse } from './guardrail-options.ts';
import { backtrackingPattern } from './pattern/backtracking-pattern.ts';
import type { CompiledPattern, PatternSpec } from './pattern/compiled-pattern.ts';
import { linearPattern } from './pattern/linear-pattern.ts';
import { PatternError } from './pattern/pattern-error.ts';

/** @internal */
export interface NamedPatterns {
  readonly names: readonly string[];
  readonly specs: readonly PatternSpec[];
  /** For this thread; `undefined` when only another may run them. */
  readonly compiled: readonly CompiledPattern[] | undefined;
}

const hint = ": write it without, or set engine: 'backtracking' to run it in a thread of its own";
const longestMessage = 400;
/** Takes some seconds to compile; a hundred times as much takes all the memory of the process. */
const longestPattern = 65_536;

/** Checks and compiles the patterns of a guardrail. @internal */
export function namePatterns(
  patterns: Readonly<Record<string, string | RegExp>>,
  engine: 'linear' | 'backtracking',
  guardrail: string,
): NamedPatterns {
  const entries = Object.entries(patterns ?? {});
  if (entries.length === 0) refuse(`guardrail "${guardrail}" has no patterns: give \`patterns\` one or more`);
  const names = entries.map(([name]) => name);
  const specs = entries.map(([name, pattern]) =>
    toSpec(pattern, `pattern "${name}" of guardrail "${guardrail}"`),
  );
  const compiled = specs.map((spec, i) =>
    compile(spec, engine, `pattern "${names[i]}" of guardrail "${guardrail}"`),
  );
  return { names, specs, compiled: engine === 'linear' ? compiled : undefined };
}

function toSpec(pattern: unknown, what: string): PatternSpec {
  // An empty text matches everywhere, which nobody means.
  if (pattern === '') refuse(`${what} is empty`);
  if (typeof pattern !== 'string' && !(pattern instanceof RegExp))
    return refuse(`${what} is neither a text nor a RegExp`);
  const spec =
    typeof pattern === 'string'
      ? { source: pattern, flags: '' }
      : { source: pattern.source, flags: pattern.flags };
  if (spec.source.length <= longestPattern) return spec;
  return refuse(
    `${what} has ${spec.source.length} characters, more than ${longestPattern}: split it, or give words to wordGuardrail`,
  );
}

function compile(spec: PatternSpec, engine: 'linear' | 'backtracking', what: string): CompiledPattern {
  try {
    // What JavaScript itself cannot read is malformed, whatever the engine.
    const backtracking = backtrackingPattern(spec);
    return engine === 'linear' ? compileLinear(spec) : backtracking;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    // Engines repeat the whole pattern in their messages.
    return refuse(`${what} ${shorten(error.message, longestMessage)}`, error);
  }
}

function compileLinear(spec: PatternSpec): CompiledPattern {
  try {
    return linearPattern(spec);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new PatternError(shorten(error.message, longestMessage - hint.length) + hint, { cause: error });
  }
}
