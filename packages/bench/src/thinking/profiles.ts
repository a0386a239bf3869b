import type { ErrorRates } from './simulated-model.ts';

const common = {
  right: [0.9, 0.6, 0.35],
  commonSlip: 0.5,
  follows: 0.6,
  prefersFirst: 0.15,
  approves: { right: 0.8, wrong: 0.5 },
} as const;

/** They differ in how well right is told from wrong, on which it depends most what judging is worth. */
export const profiles = {
  'a poor judge': { ...common, discerns: 0.55 },
  'a fair judge': { ...common, discerns: 0.7 },
  'a good judge': { ...common, discerns: 0.85 },
} as const satisfies Readonly<Record<string, ErrorRates>>;
