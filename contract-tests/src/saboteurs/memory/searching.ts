import type { Memory } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';
import { madeOf } from './reference.ts';

export const searchSaboteurs: readonly Saboteur<Memory>[] = [
  {
    id: 'worst-first',
    breaks: 'Puts the worst hit first',
    caughtBy: [{ check: 'memory.ranking.best-first', message: 'scores that never rise' }],
    sabotage: madeOf({
      after: (hit, other) => (hit.score === other.score ? hit.id > other.id : hit.score > other.score),
    }),
  },
  {
    id: 'finds-everything',
    breaks: 'Takes every document for a hit of the same score',
    caughtBy: [
      { check: 'memory.ranking.fits-better', message: "the best hit to be 'zz'" },
      { check: 'memory.sequences.like-a-list', message: 'finds to be' },
      { check: 'memory.hostile.queries-are-no-syntax', message: 'not to find what has none of its words' },
    ],
    sabotage: madeOf({ words: () => ['any'] }),
  },
  {
    id: 'ties-as-in-a-dictionary',
    breaks: 'Orders equal scores by the rules of a language',
    caughtBy: [{ check: 'memory.ranking.ties-by-id', message: 'the ids of equal documents' }],
    sabotage: madeOf({
      after: (hit, other) =>
        hit.score === other.score ? hit.id.localeCompare(other.id) > 0 : hit.score < other.score,
    }),
  },
  {
    id: 'sorts-what-it-cut',
    breaks: 'Takes the last hits when there are more than were asked for',
    caughtBy: [
      { check: 'memory.ranking.top-k-is-a-prefix', message: 'the hits of a search with topK 1 to be' },
    ],
    sabotage: madeOf({ best: (hits, topK) => hits.slice(-topK) }),
  },
  {
    id: 'clamps-top-k',
    breaks: 'Takes a topK that it cannot have for the nearest that it can',
    caughtBy: [{ check: 'memory.ranking.top-k-limits', message: 'search() with topK 1001 to be refused' }],
    sabotage: inClients((memory) => ({
      search: (query, options) =>
        memory.search({ ...query, topK: Math.min(Math.max(Math.round(query.topK) || 1, 1), 1000) }, options),
    })),
  },
  {
    id: 'hundred-at-most',
    breaks: 'Never gives more than a hundred hits',
    caughtBy: [
      { check: 'memory.ranking.top-k-limits', message: 'the number of hits with topK 1000 to be 1000' },
    ],
    sabotage: madeOf({ best: (hits, topK) => hits.slice(0, Math.min(topK, 100)) }),
  },
  {
    id: 'min-score-excluded',
    breaks: 'Leaves out what has exactly the least score',
    caughtBy: [{ check: 'memory.ranking.min-score', message: 'the hits with minScore' }],
    sabotage: madeOf({ belongs: (score, minScore) => score > minScore }),
  },
  {
    id: 'min-score-ignored',
    breaks: 'Ignores the least score',
    caughtBy: [{ check: 'memory.ranking.min-score', message: 'the hits with minScore' }],
    sabotage: madeOf({ belongs: () => true }),
  },
];
