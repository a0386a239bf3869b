import type { Memory } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';
import { madeOf } from './reference.ts';
import { operators } from './reference-filter.ts';

export const filterSaboteurs: readonly Saboteur<Memory>[] = [
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
    id: 'lists-are-no-values',
    breaks: 'Compares a list as a whole',
    caughtBy: [{ check: 'memory.filters.lists', message: 'what {"tags":"x"} lets through to be' }],
    sabotage: madeOf({ operators: { ...operators, $eq: (value, operand) => value === operand } }),
  },
  {
    id: 'lists-as-text',
    breaks: 'Looks for a value in the text of a list',
    caughtBy: [{ check: 'memory.filters.lists', message: 'what {"tags":"x,y"} lets through to be' }],
    sabotage: madeOf({
      operators: {
        ...operators,
        $eq: (value, operand) => operators['$eq']?.(value, operand) || `${value}` === operand,
      },
    }),
  },
  {
    id: 'not-equal-to-one-item',
    breaks: 'Takes a list for not equal when one of its items is not',
    caughtBy: [{ check: 'memory.filters.lists', message: 'what {"tags":{"$ne":"x"}} lets through' }],
    sabotage: madeOf({
      operators: {
        ...operators,
        $ne: (value, operand) =>
          Array.isArray(value) ? value.some((item) => item !== operand) : value !== operand,
      },
    }),
  },
  {
    id: 'not-equal-asks-for-the-field',
    breaks: 'Lets nothing through $ne that has no such field, as SQL does',
    caughtBy: [{ check: 'memory.filters.missing', message: 'what {"only":{"$ne":1}} lets through' }],
    sabotage: madeOf({
      operators: {
        ...operators,
        $ne: (value, operand) => value !== undefined && operators['$ne']?.(value, operand) === true,
      },
    }),
  },
  {
    id: 'missing-is-null',
    breaks: 'Takes a field that is missing for null',
    caughtBy: [{ check: 'memory.filters.missing', message: 'what {"only":null} lets through' }],
    sabotage: madeOf({
      operators: {
        ...operators,
        $eq: (value, operand) => operators['$eq']?.(value ?? null, operand) === true,
      },
    }),
  },
  {
    id: 'missing-is-smallest',
    breaks: 'Puts what is missing before everything else',
    caughtBy: [{ check: 'memory.filters.missing', message: 'what {"only":{"$lt":5}} lets through' }],
    sabotage: madeOf({
      operators: {
        ...operators,
        $lt: (value, operand) => value === undefined || operators['$lt']?.(value, operand) === true,
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
    id: 'no-filters-let-all-through',
    breaks: 'Takes a group of no filters for no condition',
    caughtBy: [
      { check: 'memory.filters.refuses-unknown', message: "search() with the filter { '$or': [] }" },
    ],
    sabotage: inClients((memory) => ({
      search({ filter, ...query }, options) {
        const isEmpty = Object.values(filter ?? {}).some(
          (group) => Array.isArray(group) && group.length === 0,
        );
        return memory.search({ ...query, ...(filter !== undefined && !isEmpty && { filter }) }, options);
      },
    })),
  },
  {
    id: 'unknown-operators-ignored',
    breaks: 'Ignores operators that it does not know',
    caughtBy: [
      {
        check: 'memory.filters.refuses-unknown',
        message: "search() with the filter { n: { '$regex': '.' } }",
      },
    ],
    sabotage: madeOf({ operators: { ...operators, $regex: () => true } }),
  },
];
