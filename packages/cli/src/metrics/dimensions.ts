/** What runs can be told apart by. */
export const dimensions = ['hour', 'day', 'unit', 'step', 'tag'] as const;
export type Dimension = (typeof dimensions)[number];
