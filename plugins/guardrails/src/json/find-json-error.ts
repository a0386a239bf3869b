/** What keeps a text from being JSON, and where, in UTF-16 units from 0. */
export interface JsonError {
  readonly offset: number;
  readonly kind: 'syntax' | 'depth';
  readonly message: string;
}

const whitespace = /[ \t\n\r]*/y;
const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON forbids in a string
const plainCharacters = /[^"\\\u0000-\u001f]*/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Finds the first place where a text stops being JSON (RFC 8259) or nests deeper than `maxDepth`. `JSON.parse` says where
 * for some mistakes only, and shows a piece of the text for the others.
 *
 * It goes through the text once and keeps a stack of its own, so that no depth of nesting can exhaust the real one.
 */
export function findJsonError(text: string, maxDepth: number): JsonError | undefined {
  const closers: string[] = [];
  let at = skip(whitespace, text, 0);
  let expected: 'value' | 'value or end' | 'key' | 'key or end' | 'separator' = 'value';
  for (;;) {
    const char = text.charAt(at);
    const closer = closers.at(-1);
    if (expected === 'separator') {
      if (closer === undefined)
        return at === text.length ? undefined : error(at, text, 'the end of the text');
      if (char === ',') expected = closer === '}' ? 'key' : 'value';
      else if (char === closer) closers.pop();
      else return error(at, text, `"," or "${closer}"`);
      at = skip(whitespace, text, at + 1);
      continue;
    }
    if (char === closer && expected.endsWith('or end')) {
      closers.pop();
      expected = 'separator';
      at = skip(whitespace, text, at + 1);
      continue;
    }
    if (expected.startsWith('key')) {
      if (char !== '"')
        return error(at, text, expected === 'key' ? 'a property name' : 'a property name or "}"');
      const end = endOfString(text, at);
      if (typeof end !== 'number') return end;
      at = skip(whitespace, text, end);
      if (text.charAt(at) !== ':') return error(at, text, '":"');
      at = skip(whitespace, text, at + 1);
      expected = 'value';
      continue;
    }
    if (char === '{' || char === '[') {
      if (closers.length === maxDepth)
        return { offset: at, kind: 'depth', message: `it nests deeper than ${maxDepth} levels` };
      closers.push(char === '{' ? '}' : ']');
      expected = char === '{' ? 'key or end' : 'value or end';
      at = skip(whitespace, text, at + 1);
      continue;
    }
    const end: number | JsonError = char === '"' ? endOfString(text, at) : skip(literal, text, at);
    if (typeof end !== 'number') return end;
    if (end === at) return error(at, text, expected === 'value' ? 'a value' : 'a value or "]"');
    at = skip(whitespace, text, end);
    expected = 'separator';
  }
}

/** The offset after the string that opens at `start`. */
function endOfString(text: string, start: number): number | JsonError {
  for (let at = start + 1; ; ) {
    at = skip(plainCharacters, text, at);
    const char = text.charAt(at);
    if (char === '"') return at + 1;
    if (char === '') return { offset: start, kind: 'syntax', message: 'a string is not closed' };
    const end = skip(escapeSequence, text, at);
    if (end === at)
      return {
        offset: at,
        kind: 'syntax',
        message: char === '\\' ? 'an escape is unknown' : 'a control character stands in a string',
      };
    at = end;
  }
}

function skip(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : at;
}

function error(offset: number, text: string, expected: string): JsonError {
  const found = offset === text.length ? 'the text ends' : 'there is something else';
  return { offset, kind: 'syntax', message: `${found} where ${expected} should be` };
}
