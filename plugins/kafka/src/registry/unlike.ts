/**
 * Where what was given differs from what would come back, or nothing. What comes back may have more, and integers of 64 bits
 * may be given as numbers.
 */
export function unlike(given: unknown, back: unknown, path = ''): string | undefined {
  const place = path === '' ? 'it' : path;
  if (given === undefined || given === null || Object.is(given, back)) return undefined;
  if (typeof given === 'number' && typeof back === 'number') {
    // A `float` has 32 bits.
    return Math.fround(given) === back ? undefined : `${place} would come back as ${back}`;
  }
  if (typeof given === 'number' && typeof back === 'bigint')
    return Number.isSafeInteger(given) && BigInt(given) === back
      ? undefined
      : `${place} is no integer that a number holds exactly`;
  if (given instanceof Uint8Array && back instanceof Uint8Array)
    return Buffer.compare(given, back) === 0 ? undefined : `${place} would come back as other bytes`;
  if (Array.isArray(given) && Array.isArray(back)) {
    return given.length === back.length
      ? firstOf(given.keys(), (index) => unlike(given[index], back[index], `${path}[${index}]`))
      : `${place} would come back with ${back.length} items`;
  }
  if (isPlain(given) && isPlain(back)) {
    return firstOf(Object.keys(given), (name) => {
      const inner = path === '' ? name : `${path}.${name}`;
      if (given[name] === undefined || given[name] === null) return undefined;
      return Object.hasOwn(back, name) ? unlike(given[name], back[name], inner) : `${inner} is not in it`;
    });
  }
  const kinds = [kindOf(given), kindOf(back)];
  return kinds[0] === kinds[1]
    ? `${place} is ${kinds[0]} that it does not know`
    : `${place} is ${kinds[0]}, and would come back as ${kinds[1]}`;
}

function firstOf<T>(all: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of all) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** Its kind alone: payloads do not belong in errors. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
