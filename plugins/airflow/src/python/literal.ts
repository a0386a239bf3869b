import { AiworkError } from '@aiwork/core';
import { bracketed, type Code } from './layout.ts';

const shortEscapes: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
};

/**
 * A Python string that reads as it means, on one line: whatever is invisible or turns the direction of text is escaped.
 * The mark is the one that formatters would choose, which is the one that has to be escaped less often.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when `text` holds an unpaired surrogate, which no file in UTF-8 can.
 */
export function quote(text: string): string {
  if (!text.isWellFormed()) {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `the text ${JSON.stringify(text)} holds an unpaired surrogate, which cannot be written to a file: remove it`,
    );
  }
  const mark = count(text, '"') > count(text, "'") ? "'" : '"';
  return mark + escapeInvisible(text).replaceAll(mark, `\\${mark}`) + mark;
}

/** `text` on one line, with nothing in it that hides what it says. Backslashes are doubled. */
export function escapeInvisible(text: string): string {
  return text.replace(/[\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const point = character.codePointAt(0) as number;
  return point > 0xffff
    ? `\\U${point.toString(16).padStart(8, '0')}`
    : `\\u${point.toString(16).padStart(4, '0')}`;
}

const count = (text: string, mark: string) => text.split(mark).length - 1;

/** JSON data as Python. Keys are sorted, so that equal data gives equal text. */
export function literal(value: unknown): Code {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return bracketed('[', value.map(literal), ']');
  return dictionary(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, literal(item)]),
  );
}

/** A `dict`, in the order given. */
export const dictionary = (entries: readonly (readonly [key: string, value: Code])[]): Code =>
  bracketed(
    '{',
    entries.map(([key, value]) => [`${quote(key)}: `, value]),
    '}',
  );
