import { array, type Code, object } from './layout.ts';

const shortEscapes: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
};

/**
 * A string literal that reads as it means: everything invisible is escaped, so no line break ends it and no character
 * that turns the direction of text hides what it says (N. Boucher and R. Anderson, "Trojan Source", 2021).
 */
export function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, escapeCharacter);
  return mark + (mark === "'" ? body.replaceAll("'", "\\'") : body) + mark;
}

function escapeCharacter(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const point = character.codePointAt(0) as number;
  return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, '0')}`;
}

/** Whether `name` can stand behind a dot, and before the colon of a field, as it is. */
const isPlainName = (name: string) => /^[A-Za-z_$][\w$]*$/.test(name);

/** The name of a field; `__proto__` is computed, as it would otherwise set the prototype. */
export const fieldName = (name: string): string =>
  name === '__proto__' ? "['__proto__']" : typeFieldName(name);

/** The name of a field of a type. */
export const typeFieldName = (name: string): string => (isPlainName(name) ? name : quote(name));

/** `owner.name` or `owner['name']`. */
export const access = (owner: string, name: string): string =>
  isPlainName(name) ? `${owner}.${name}` : `${owner}[${quote(name)}]`;

/** `name: value`, or `name` alone when the value is a variable of that name. */
export const field = (name: string, value: Code): Code =>
  name === value ? name : [`${fieldName(name)}: `, value];

/** A constant of plain JSON data. */
export function literal(value: unknown): Code {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return array(value.map(literal));
  if (typeof value !== 'object' || value === null) return String(value);
  return object(Object.entries(value).map(([name, item]): Code => [`${fieldName(name)}: `, literal(item)]));
}
