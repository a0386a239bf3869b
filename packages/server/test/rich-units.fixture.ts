import { setTimeout as delay } from 'node:timers/promises';
import { defineFlow, defineTask, defineTool } from '@aiwork/core';
import { z } from 'zod';

const address = z.object({
  street: z.string().min(1).max(80),
  city: z.string().min(1),
  country: z.string().regex(/^[A-Z]{2}$/),
  lines: z.array(z.string()).max(4).default([]),
});

/** What shops take: nested objects, lists, choices told apart by a member, numbers with limits, times, records, tuples. */
const order = defineFlow(
  {
    id: 'order',
    tags: ['shop'],
    input: z.object({
      id: z.uuid(),
      customer: z.object({
        name: z.string().min(1),
        phone: z.string().regex(/^\+\d{5,15}$/),
        address: address.nullable(),
      }),
      items: z
        .array(
          z.object({ sku: z.string().min(1), count: z.int().min(1).max(99), price: z.number().positive() }),
        )
        .min(1)
        .max(20),
      payment: z.discriminatedUnion('by', [
        z.strictObject({ by: z.literal('card'), last4: z.string().regex(/^\d{4}$/) }),
        z.strictObject({ by: z.literal('invoice'), days: z.union([z.literal(14), z.literal(30)]) }),
      ]),
      notes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
      at: z.iso.datetime(),
      where: z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]),
    }),
  },
  (f) => {
    const total = f.step('total', {
      needs: { order: f.input },
      run: ({ order }) => order.items.reduce((sum, { count, price }) => sum + count * price, 0),
    });
    return f.step('receipt', {
      needs: { order: f.input, total },
      run: ({ order, total }) => ({ id: order.id, total, notes: order.notes ?? {}, where: order.where }),
    });
  },
);

/** Goes on when somebody said that it may. */
const approve = defineFlow(
  { id: 'approve', input: z.object({ amount: z.number().min(0), for: z.string().max(200) }) },
  (f) => {
    const may = f.waitFor('may', {
      needs: { input: f.input },
      payload: z.object({ yes: z.boolean(), by: z.string().min(1) }),
      prompt: ({ input }) => `${input.amount} for ${input.for}?`,
    });
    return f.step('end', { needs: { may }, run: ({ may }) => may });
  },
);

const echo = defineTask({ id: 'echo', input: z.unknown(), run: (value) => value });

const double = defineTask({ id: 'double', input: z.number(), run: (n) => 2 * n });

const fail = defineTask({
  id: 'fail',
  input: z.unknown(),
  run: () => {
    throw new Error('the disk is full');
  },
});

const search = defineTool({
  name: 'search',
  description: 'Finds nothing.',
  input: z.object({ query: z.string().min(1), limit: z.int().min(1).max(50).default(10) }),
  run: () => [],
});

/** Takes a while, step by step. */
const slow = defineFlow({ id: 'slow', input: z.object({ ms: z.int().min(0).max(100) }) }, (f) => {
  const wait = async (ms: number, n: number) => {
    await delay(ms);
    return n + 1;
  };
  let at = f.step('s1', { needs: { input: f.input }, run: ({ input }) => wait(input.ms, 0) });
  for (const id of ['s2', 's3', 's4', 's5', 's6']) {
    const before = at;
    at = f.step(id, {
      needs: { input: f.input, before },
      run: ({ input, before }) => wait(input.ms, before),
    });
  }
  return at;
});

/** Units whose schemas use most of what JSON Schema has. */
export const richUnits = [order, approve, echo, double, fail, search, slow];
