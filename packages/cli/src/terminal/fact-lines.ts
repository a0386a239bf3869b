import type { Paint } from './style.ts';

export type Fact = readonly [name: string, value: string];

/** A line for each fact, with the values below each other. */
export function factLines(facts: readonly Fact[], paint: Paint): readonly string[] {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${paint('dim', name.padEnd(width))}  ${value}`);
}
