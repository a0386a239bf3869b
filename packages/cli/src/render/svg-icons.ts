import type { FlowNode } from '@aiwork/core';

/** One line drawing for each kind of step, in a square of 20. */
export const kindIcons: Readonly<Record<FlowNode['kind'], string>> = {
  step: 'M7 5 3 10l4 5M13 5l4 5-4 5',
  call: 'M5 10h10M11 6l4 4-4 4',
  map: 'M4 5h4v4H4zM12 5h4v4h-4zM4 12h4v4H4zM12 12h4v4h-4z',
  loop: 'M15.5 8A6 6 0 1 0 16 11M16 4v4h-4',
  wait: 'M4 5h12v8H9l-3 3v-3H4z',
  sleep: 'M10 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12M10 7v3.5l2.5 1.5',
  race: 'M5 16V4M5 4.5h10l-2 3 2 3H5',
  settle: 'M4 5l4 5v5M16 5l-4 5v5M6.5 16h7',
};
