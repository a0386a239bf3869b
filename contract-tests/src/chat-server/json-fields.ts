/** A part of a request of JSON, with what is wrong with it said as a provider would. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${where}: an object is expected`);
  return value as Fields;
}

export function listOf(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${where}: a list is expected`);
  return value;
}

export function textOf(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new Error(`${where}: a string is expected`);
  return value;
}

export function amountOf(value: unknown, where: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`${where}: a number is expected`);
  return value;
}

/** Providers refuse fields that they do not know. */
export function knowsOnly(fields: Fields, known: readonly string[], where: string): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`${where}${unknown}: extra inputs are not permitted`);
}
