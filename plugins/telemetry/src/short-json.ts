/** Deeper values are left out. */
const maxDepth = 64;

/**
 * The beginning of a value as JSON, up to so many characters, at a cost that does not grow with the rest of it. What JSON has
 * no words for is shown by what comes nearest, as `toReadableJson` of core does.
 *
 * @throws what the value throws when it is looked at.
 */
export function shortJson(value: unknown, maxLength: number): string {
  let text = '';
  for (const piece of pieces(value, maxLength, 0)) {
    text += piece;
    if (text.length >= maxLength) return text.slice(0, maxLength);
  }
  return text;
}

function* pieces(given: unknown, maxLength: number, depth: number): Generator<string> {
  const value = hasToJson(given) ? given.toJSON() : given;
  if (typeof value === 'bigint') yield `"${value}"`;
  else if (typeof value === 'string') yield JSON.stringify(value.slice(0, maxLength));
  else if (typeof value !== 'object' || value === null) yield JSON.stringify(value) ?? 'null';
  else if (depth === maxDepth) yield '"…"';
  else if (isList(value)) yield* listPieces(value, maxLength, depth);
  else yield* objectPieces(value, maxLength, depth);
}

function* listPieces(items: Iterable<unknown>, maxLength: number, depth: number): Generator<string> {
  let before = '[';
  for (const item of items) {
    yield before;
    yield* pieces(item, maxLength, depth + 1);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

function* objectPieces(value: object, maxLength: number, depth: number): Generator<string> {
  let before = '{';
  for (const key of Object.keys(value)) {
    const member: unknown = Reflect.get(value, key);
    if (member === undefined || typeof member === 'function' || typeof member === 'symbol') continue;
    yield `${before}${JSON.stringify(key.slice(0, maxLength))}:`;
    yield* pieces(member, maxLength, depth + 1);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

function isList(value: object): value is Iterable<unknown> & object {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function hasToJson(value: unknown): value is { toJSON(): unknown } {
  return (
    typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function'
  );
}
