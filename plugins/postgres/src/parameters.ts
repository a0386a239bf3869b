/** What stands for values in a statement, which holds none of them itself. */
export interface Parameters {
  readonly values: readonly unknown[];
  /** Takes a value, and gives what stands for it, such as `$1`. */
  of(value: unknown): string;
}

export function createParameters(): Parameters {
  const values: unknown[] = [];
  return {
    values,
    of(value) {
      values.push(value);
      return `$${values.length}`;
    },
  };
}
