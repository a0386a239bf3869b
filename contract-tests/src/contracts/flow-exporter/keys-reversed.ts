/** The same data with the keys of every object in the opposite order. */
export function withKeysReversed<T>(value: T): T {
  return reversed(value) as T;
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]));
}
