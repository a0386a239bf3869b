import {
  adaptiveRefinement,
  bestOf,
  debate,
  defaultStrategy,
  judgedVote,
  refinement,
  type Strategy,
  sampling,
  selfConsistency,
  selfRefine,
  treeOfThoughts,
} from '@aiwork/thinking';

/** A strategy as it is measured. */
export interface ThinkingSubject {
  readonly name: string;
  readonly strategy: Strategy;
}

export const fixedRounds = 'refinement, 3 rounds of 3';
export const adaptiveRounds = 'refinement, adaptive';
export const plain = 'plain sampling';

export const subjects: readonly ThinkingSubject[] = [
  { name: plain, strategy: sampling() },
  { name: 'self-consistency', strategy: selfConsistency() },
  { name: 'judged vote', strategy: judgedVote() },
  { name: 'best of 4, judged', strategy: bestOf() },
  { name: adaptiveRounds, strategy: adaptiveRefinement() },
  { name: fixedRounds, strategy: refinement() },
  { name: 'self-refine', strategy: selfRefine() },
  { name: 'tree of thoughts', strategy: treeOfThoughts() },
  { name: 'debate of 3', strategy: debate() },
];

const ofDefault = defaultStrategy().name;
/** The subject that does what `think` does when it is told nothing. */
export const defaultSubject = subjects.find(({ strategy }) => strategy.name === ofDefault)?.name ?? ofDefault;

/** Baselines at growing cost: what the same tokens bring without cleverness. */
export interface Baseline {
  readonly name: string;
  readonly steps: readonly Strategy[];
}

export const baselines: readonly Baseline[] = [
  {
    name: 'self-consistency',
    steps: [1, 3, 5, 8, 12, 16, 24].map((samples) => selfConsistency({ samples, confidence: 1 })),
  },
  {
    name: 'best of N',
    steps: [1, 2, 4, 8, 16, 24].map((alternatives) => bestOf({ alternatives })),
  },
];
