import { toReadableJson as toJson } from '@aiwork/core';

export { toJson };

/** A result as it is printed: a text as it is, anything else as JSON. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : toJson(value, { indent: 2 });
}
