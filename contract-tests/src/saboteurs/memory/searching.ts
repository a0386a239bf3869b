import type { Memory } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';
import { madeOf } from './reference.ts';
import { operators } from './reference-filter.ts';

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
  {
    id: 'compares-loosely',
    breaks: 'Takes 0 and "0" for equal',
    caughtBy: [{ check: 'memory.filters.equal', message: 'what {"n":"0"} lets through to be \'\'' }],
    sabotage: madeOf({
      operators: { ...operators, $eq: (value, operand) => String(value) === String(operand) },
    }),
  },
  {
    id: 'not-equal-ignored',
    breaks: 'Ignores $ne',
    caughtBy: [{ check: 'memory.filters.equal', message: 'what {"n":{"$ne":0}} lets through' }],
    sabotage: madeOf({ operators: { ...operators, $ne: () => true } }),
  },
  {
    id: 'in-nothing-is-anything',
    breaks: 'Takes an empty $in for no condition',
    caughtBy: [{ check: 'memory.filters.equal', message: 'what {"n":{"$in":[]}} lets through' }],
    sabotage: madeOf({
      operators: {
        ...operators,
        $in: (value, operand) => {
          const values = operand as readonly unknown[];
          return values.length === 0 || values.includes(value);
        },
      },
    }),
  },
  {
    id: 'numbers-as-text',
    breaks: 'Compares numbers as text',
    caughtBy: [{ check: 'memory.filters.ordered', message: 'what {"n":{"$gt":2}} lets through' }],
    sabotage: madeOf({
      operators: { ...operators, $gt: (value, operand) => String(value) > String(operand) },
    }),
  },
  ...(['$gte', '$lt', '$lte'] as const).map((operator): Saboteur<Memory> => {
    const swapped = { $gte: '$gt', $lt: '$lte', $lte: '$lt' }[operator];
    return {
      id: `${operator.slice(1)}-off-by-one`,
      breaks: `Does for ${operator} what ${swapped} asks for`,
      caughtBy: [{ check: 'memory.filters.ordered', message: `what {"n":{"${operator}":1}} lets through` }],
      sabotage: madeOf({ operators: { ...operators, [operator]: operators[swapped] as never } }),
    };
  }),
  {
    id: 'null-does-not-exist',
    breaks: 'Takes a field that holds null for one that is not there',
    caughtBy: [{ check: 'memory.filters.exists', message: 'what {"nil":{"$exists":true}} lets through' }],
    sabotage: madeOf({
      operators: {
        ...operators,
        $exists: (value, operand) => (value !== undefined && value !== null) === operand,
      },
    }),
  },
  {
    id: 'first-field-only',
    breaks: 'Looks at the first condition of a filter only',
    caughtBy: [{ check: 'memory.filters.groups', message: 'what {"on":true,"n":{"$gt":0}} lets through' }],
    sabotage: inClients((memory) => ({
      search({ filter, ...query }, options) {
        const [first] = Object.entries(filter ?? {});
        return memory.search(
          first
            ? { ...query, filter: Object.fromEntries([first]) }
            : { ...query, ...(filter !== undefined && { filter }) },
          options,
        );
      },
    })),
  },
  {
    id: 'filters-the-page',
    breaks: 'Looks for the best hits first and filters them then',
    caughtBy: [{ check: 'memory.filters.before-top-k', message: 'the best hit of the small owner' }],
    sabotage: inClients((memory) => ({
      async search(query, options) {
        const { filter: _, ...unfiltered } = query;
        const page = new Set((await memory.search(unfiltered, options)).map(({ id }) => id));
        return (await memory.search({ ...query, topK: 1000 }, options)).filter(({ id }) => page.has(id));
      },
    })),
  },
  {
    id: 'loses-proto',
    breaks: 'Copies metadata by assignment, which drops a field called __proto__',
    caughtBy: [{ check: 'memory.filters.hostile-fields', message: '"__proto__"' }],
    sabotage: madeOf({
      kept({ metadata, ...doc }) {
        if (!metadata) return doc;
        const copy: Record<string, unknown> = {};
        for (const [field, value] of Object.entries(metadata)) copy[field] = value;
        return { ...doc, metadata: structuredClone(copy) };
      },
    }),
  },
  {
    id: 'unknown-operators-ignored',
    breaks: 'Ignores operators that it does not know',
    caughtBy: [
      { check: 'memory.filters.refuses-unknown', message: 'search() with the filter {"n":{"$regex":"."}}' },
    ],
    sabotage: madeOf({ operators: { ...operators, $regex: () => true } }),
  },
];
