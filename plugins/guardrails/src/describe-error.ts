const longest = 300;

/** Name and message of whatever was thrown, cut short. @internal */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `a value of type ${error === null ? 'null' : typeof error}`;
  return shorten(`${error.name}: ${error.message}`, longest);
}

/** Cuts a text to `length` UTF-16 units, not through a character. @internal */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`;
}
