/** One piece of a pattern's source, as far as guardrails have to tell pieces apart. */
export interface Token {
  readonly kind: 'escape' | 'open' | 'close' | 'class-open' | 'class-close' | 'char';
  readonly text: string;
  readonly index: number;
  /** Whether it stands between `[` and `]`. */
  readonly inClass: boolean;
}

const escaped = /\\(?:u\{[\da-fA-F]+\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|k<[^>]*>|[pP]\{[^}]*\}|c[a-zA-Z]|.)?/sy;
const open = /\((?:\?(?:<?[=!]|[>:]|P?<[^>]*>|[a-z]*(?:-[a-z]*)?[:)]))?/y;

/** Cuts a pattern into tokens. It never fails: what is malformed is left to the engine to refuse. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let inClass = false;
  for (let index = 0; index < source.length; ) {
    const token = nextToken(source, index, inClass);
    tokens.push(token);
    if (token.kind === 'class-open') inClass = true;
    if (token.kind === 'class-close') inClass = false;
    index += token.text.length;
  }
  return tokens;
}

function nextToken(source: string, index: number, inClass: boolean): Token {
  const char = source.charAt(index);
  if (char === '\\') return { kind: 'escape', text: take(escaped, source, index), index, inClass };
  if (inClass) {
    return char === ']'
      ? { kind: 'class-close', text: char, index, inClass: false }
      : { kind: 'char', text: char, index, inClass };
  }
  if (char === '[') {
    const text = source.startsWith('[^', index) ? '[^' : '[';
    return { kind: 'class-open', text, index, inClass };
  }
  if (char === '(') return { kind: 'open', text: take(open, source, index), index, inClass };
  return { kind: char === ')' ? 'close' : 'char', text: char, index, inClass };
}

function take(expression: RegExp, source: string, index: number): string {
  expression.lastIndex = index;
  return expression.exec(source)?.[0] ?? source.charAt(index);
}
