import type { CompiledPattern, PatternSpec } from './compiled-pattern.ts';
import { PatternError } from './pattern-error.ts';

/**
 * Compiles a pattern for JavaScript's own engine, whose time may grow exponentially with the text. Only for a thread that
 * can be ended.
 *
 * @throws PatternError when the pattern or a flag is malformed.
 */
export function backtrackingPattern({ source, flags }: PatternSpec): CompiledPattern {
  const expression = compile(source, `${flags.replaceAll(/[gy]/g, '')}g`);
  return {
    size: Number.POSITIVE_INFINITY,
    mayMatch: () => true,
    test(text) {
      expression.lastIndex = 0;
      return expression.test(text);
    },
    *matches(text) {
      expression.lastIndex = 0;
      for (const match of text.matchAll(expression)) yield [match.index, match.index + match[0].length];
    },
  };
}

function compile(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new PatternError(`is malformed: ${(error as Error).message}`);
  }
}
