/** Where a header is looked up, as in a `Headers`. @since 0.1.0 */
export interface HeaderLookup {
  get(name: string): string | null;
}

/**
 * How long the other side asks to be left alone, in milliseconds: by `retry-after-ms`, or by `Retry-After` in seconds or as
 * a date. Nothing where it does not say, or says what cannot be read. Takes a `Headers`, or a record with names in lower
 * case, as those of Node.
 *
 * @example
 * ```ts
 * import { readRetryAfterMs } from '@aiwork/core/adapter-kit';
 *
 * console.log(readRetryAfterMs(new Headers({ 'Retry-After': '1.5' }))); // 1500
 * console.log(readRetryAfterMs({ 'retry-after': 'soon' })); // undefined
 * ```
 * @since 0.1.0
 */
export function readRetryAfterMs(
  headers: HeaderLookup | Readonly<Record<string, unknown>>,
): number | undefined {
  const exact = textOf(headers, 'retry-after-ms');
  if (exact !== undefined && isAmount(exact)) return Number(exact);
  const given = textOf(headers, 'retry-after');
  if (given === undefined) return undefined;
  if (isAmount(given)) return Number(given) * 1000;
  // Some runtimes read nearly anything as a date: one of HTTP begins with the day of the week.
  const date = /^[A-Z][a-z]{2}/.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** So many digits that a time can be reckoned with it. */
const isAmount = (text: string) => /^\d{1,12}(\.\d+)?$/.test(text);

function textOf(headers: HeaderLookup | Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = isLookup(headers) ? headers.get(name) : headers[name];
  return typeof value === 'string' ? value.trim() : undefined;
}

const isLookup = (headers: HeaderLookup | Readonly<Record<string, unknown>>): headers is HeaderLookup =>
  typeof headers.get === 'function';
