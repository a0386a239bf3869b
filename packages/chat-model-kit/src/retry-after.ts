/** Where a header is looked up, as in a `Headers`. @since 0.1.0 */
export interface HeaderLookup {
  get(name: string): string | null;
}

/**
 * How long the other side asks to be left alone, in milliseconds: by `retry-after-ms`, or by `Retry-After` in seconds or as
 * a date. Nothing where it does not say, or says what cannot be read.
 *
 * @example
 * ```ts
 * import { readRetryAfterMs } from '@aiwork/chat-model-kit';
 *
 * console.log(readRetryAfterMs(new Headers({ 'retry-after': '1.5' }))); // 1500
 * console.log(readRetryAfterMs(new Headers({ 'retry-after': 'soon' }))); // undefined
 * ```
 * @since 0.1.0
 */
export function readRetryAfterMs(headers: HeaderLookup): number | undefined {
  const exact = headers.get('retry-after-ms');
  if (exact !== null && isAmount(exact)) return Number(exact);
  const given = headers.get('retry-after')?.trim();
  if (given === undefined) return undefined;
  if (isAmount(given)) return Number(given) * 1000;
  // Some runtimes read nearly anything as a date: one of HTTP begins with the day of the week.
  const date = /^[A-Z][a-z]{2}/.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

const isAmount = (text: string) => /^\d+(\.\d+)?$/.test(text.trim());
