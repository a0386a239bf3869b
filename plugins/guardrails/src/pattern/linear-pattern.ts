import { RE2JS, RE2JSException } from 're2js';
import type { CompiledPattern, OpenMatches, PatternSpec } from './compiled-pattern.ts';
import { splitLeadingLookaheads } from './leading-lookaheads.ts';
import { partialPattern } from './partial-pattern.ts';
import { PatternError } from './pattern-error.ts';
import { type Literals, requiredLiterals } from './required-literals.ts';
import { syntaxTree } from './syntax-tree.ts';
import { toRe2 } from './to-re2.ts';
import { type Token, tokenize } from './tokens.ts';

/**
 * Compiles a pattern for an automaton (RE2: R. Cox, "Regular Expression Matching in the Wild", 2010): one pass takes time
 * linear in the text whatever the pattern, since nothing is ever tried twice.
 *
 * @throws PatternError when the pattern is malformed or uses what an automaton cannot do.
 */
export function linearPattern({ source, flags }: PatternSpec): CompiledPattern {
  refuseFlags(flags);
  const { conditions, body } = splitLeadingLookaheads(tokenize(source), flags);
  const main = compile(body, flags);
  const ahead = conditions.map(({ tokens, negative }) => ({
    expression: compile([start, groupOpen, ...tokens, groupClose], flags),
    negative,
  }));
  const literals = literalsOf(body, flags);
  const mayMatch = (text: string, from = 0) =>
    literals.every((either) => either.some((literal) => text.includes(literal, from)));
  const areMet = (text: string) =>
    ahead.every(({ expression, negative }) => expression.test(text) !== negative);
  return {
    size: ahead.reduce((sum, { expression }) => sum + expression.programSize(), main.programSize()),
    mayMatch,
    test: (text) => mayMatch(text) && areMet(text) && main.test(text),
    *matches(text, from = 0) {
      if (!mayMatch(text, from) || !areMet(text)) return;
      const matcher = main.matcher(text);
      for (let found = matcher.find(from); found; found = matcher.find())
        yield [matcher.start(), matcher.end()];
    },
    open: () => (ahead.length === 0 ? openMatches(body, flags) : undefined),
  };
}

function literalsOf(tokens: readonly Token[], flags: string): readonly Literals[] {
  const branches = syntaxTree(tokens);
  const literals = branches ? requiredLiterals(branches) : [];
  // With the flag `i`, letters stand for others too.
  return flags.includes('i')
    ? literals.filter((either) => !either.some((literal) => /\p{L}/u.test(literal)))
    : literals;
}

function openMatches(tokens: readonly Token[], flags: string): OpenMatches | undefined {
  const partial = partialPattern(tokens);
  if (!partial) return undefined;
  const expression = compileOpen(partial.source, flags);
  if (!expression) return undefined;
  return {
    longest: partial.longest,
    openAt(text, from) {
      const matcher = expression.matcher(text);
      return matcher.find(from) ? matcher.start() : text.length;
    },
  };
}

function compileOpen(source: string, flags: string): RE2JS | undefined {
  try {
    return compile(tokenize(source), flags);
  } catch (error) {
    // It is some times larger than the pattern, and may be too large.
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}

const synthetic = (kind: Token['kind'], text: string): Token => ({ kind, text, index: 0, inClass: false });
const start = synthetic('char', '^');
const groupOpen = synthetic('open', '(?:');
const groupClose = synthetic('close', ')');

function compile(tokens: readonly Token[], flags: string): RE2JS {
  refuseConstructs(tokens);
  let bits = RE2JS.LOOKBEHINDS;
  if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes('m')) bits |= RE2JS.MULTILINE;
  if (flags.includes('s')) bits |= RE2JS.DOTALL;
  try {
    return RE2JS.compile(toRe2(tokens, flags), bits);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new PatternError(
      `is not understood by the linear-time engine: ${error.message.replace('error parsing regexp: ', '')}`,
    );
  }
}

function refuseFlags(flags: string): void {
  // Where matching begins is the guardrail's business, so `g` and `y` say nothing, and `d` and `u` change nothing here.
  const unknown = [...flags].find((flag) => !'dgimsuy'.includes(flag));
  if (unknown === undefined) return;
  throw new PatternError(
    unknown === 'v'
      ? 'has the flag "v", whose set operations this engine does not know: use the flag "u" and plain classes'
      : `has the flag "${unknown}", which JavaScript does not know: use i, m, s or u`,
  );
}

const constructs: readonly [name: string, form: RegExp][] = [
  ['a lookahead', /^\(\?[=!]/],
  ['an atomic group', /^\(\?>/],
  ['a backreference', /^\\(?:[1-9]|k<)/],
];

function refuseConstructs(tokens: readonly Token[]): void {
  for (const { kind, text, index, inClass } of tokens) {
    if (inClass || (kind !== 'open' && kind !== 'escape')) continue;
    const name = constructs.find(([, form]) => form.test(text))?.[0];
    if (name === undefined) continue;
    const where = `${name}, "${text}", at character ${index + 1}`;
    throw new PatternError(`uses ${where}, which cannot be matched in linear time`);
  }
}
