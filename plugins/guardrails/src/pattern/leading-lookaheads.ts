import type { Token } from './tokens.ts';

/** A condition at the start of the text that a pattern puts before its body. */
export interface Condition {
  readonly tokens: readonly Token[];
  readonly negative: boolean;
}

/**
 * Splits `^(?=A)(?!B)C` into its lookaheads and `^C`. All of them look from the start of the text, so each can be matched
 * on its own in linear time. That is how password rules and the e-mail patterns of schema libraries are written.
 *
 * A pattern of another form comes back whole, without conditions.
 */
export function splitLeadingLookaheads(
  tokens: readonly Token[],
  flags: string,
): { readonly conditions: readonly Condition[]; readonly body: readonly Token[] } {
  const whole = { conditions: [], body: tokens };
  const [caret, ...rest] = tokens;
  // With the flag `m`, or beside an alternative, `^` is not the one start of the whole pattern.
  if (caret?.text !== '^' || caret.kind !== 'char' || flags.includes('m') || hasTopLevelAlternative(rest))
    return whole;
  const conditions: Condition[] = [];
  let from = 0;
  for (;;) {
    const open = rest[from];
    if (open?.text !== '(?=' && open?.text !== '(?!') break;
    const end = closing(rest, from);
    // `(?=a)*` is no condition, and an unclosed group is for the engine to refuse.
    if (end === undefined || /^[*+?{]$/.test(rest[end + 1]?.text ?? '')) return whole;
    conditions.push({ tokens: rest.slice(from + 1, end), negative: open.text === '(?!' });
    from = end + 1;
  }
  return conditions.length === 0 ? whole : { conditions, body: [caret, ...rest.slice(from)] };
}

function hasTopLevelAlternative(tokens: readonly Token[]): boolean {
  let depth = 0;
  return tokens.some(({ kind, text, inClass }) => {
    depth += depthChange(kind, text);
    return depth === 0 && kind === 'char' && text === '|' && !inClass;
  });
}

function closing(tokens: readonly Token[], from: number): number | undefined {
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    const { kind, text } = tokens[i] as Token;
    depth += depthChange(kind, text);
    if (depth === 0) return i;
  }
  return undefined;
}

function depthChange(kind: Token['kind'], text: string): number {
  if (kind === 'close') return -1;
  // `(?i)` is open and closed in one token.
  return kind === 'open' && !text.endsWith(')') ? 1 : 0;
}
