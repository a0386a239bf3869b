import type { Paint } from './style.ts';

/** A line for each name and value, with the values below each other. */
export function factLines(
  facts: readonly (readonly [name: string, value: string])[],
  paint: Paint,
): readonly string[] {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${paint('dim', name.padEnd(width))}  ${value}`);
}
