import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPurse, type Reservation } from './purse.ts';

const never = new AbortController().signal;
const share = (inputTokens: number, outputTokens = 0) => ({ inputTokens, outputTokens });

async function reserve(purse: ReturnType<typeof createPurse>, tokens: number): Promise<Reservation> {
  const reserved = await purse.reserve(share(tokens), never);
  if (!('settle' in reserved)) throw new Error(`refused: ${reserved.limit}`);
  return reserved;
}

describe('a purse', () => {
  it('refuses what does not fit, and says into what', async () => {
    const purse = createPurse({ tokens: 10 });
    (await reserve(purse, 6)).settle();
    expect(await purse.reserve(share(5), never)).toEqual({
      limit: 'tokens',
      used: 6,
      wanted: 5,
      allowed: 10,
    });
  });

  it('counts calls on their way at their share, and lets others wait for what they leave', async () => {
    const purse = createPurse({ tokens: 10 });
    const first = await reserve(purse, 8);
    let isReserved = false;
    const second = reserve(purse, 5).then((reserved) => {
      isReserved = true;
      return reserved;
    });
    await new Promise(setImmediate);
    expect(isReserved).toBe(false);
    first.settle({ inputTokens: 2, outputTokens: 1 });
    (await second).settle();
    expect(purse.usage).toEqual({ inputTokens: 7, outputTokens: 1, cost: 0, modelCalls: 2 });
  });

  it('refuses who waited when nothing was left', async () => {
    const purse = createPurse({ tokens: 10 });
    const first = await reserve(purse, 8);
    const second = purse.reserve(share(5), never);
    first.settle({ inputTokens: 8, outputTokens: 0 });
    expect(await second).toMatchObject({ limit: 'tokens', used: 8 });
  });

  it('lets nobody wait beyond its signal', async () => {
    const purse = createPurse({ modelCalls: 1, tokens: 10 });
    await reserve(purse, 8);
    const controller = new AbortController();
    const waiting = purse.reserve(share(5), controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('counts what the model says a call did cost, else by the price', async () => {
    const price = { inputToken: 0.01, outputToken: 0.1 };
    const purse = createPurse({ cost: 1, price });
    (await reserve(purse, 10)).settle({ inputTokens: 10, outputTokens: 5 });
    (await reserve(purse, 10)).settle({ inputTokens: 10, outputTokens: 5, cost: 0.25 });
    expect(purse.usage.cost).toBeCloseTo(0.85);
    expect(await purse.reserve(share(0, 2), never)).toMatchObject({ limit: 'cost', allowed: 1 });
  });

  it('settles a reservation once', async () => {
    const purse = createPurse({});
    const call = await reserve(purse, 3);
    call.settle({ inputTokens: 1, outputTokens: 1 });
    call.settle();
    expect(purse.usage).toMatchObject({ inputTokens: 1, outputTokens: 1, modelCalls: 1 });
  });

  it('is never overdrawn, whatever runs at once, by calls that keep to their share', async () => {
    const call = fc.record({
      input: fc.nat(40),
      output: fc.nat(40),
      used: fc.double({ min: 0, max: 1, noNaN: true }),
      turns: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(200),
        fc.nat(12),
        fc.array(call, { maxLength: 20 }),
        async (tokens, modelCalls, calls) => {
          const purse = createPurse({ tokens, modelCalls });
          await Promise.all(
            calls.map(async ({ input, output, used, turns }) => {
              const reserved = await purse.reserve(share(input, output), never);
              if (!('settle' in reserved)) return;
              for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
              reserved.settle({ inputTokens: input, outputTokens: Math.floor(output * used) });
            }),
          );
          const { inputTokens, outputTokens, modelCalls: made } = purse.usage;
          expect(inputTokens + outputTokens).toBeLessThanOrEqual(tokens);
          expect(made).toBeLessThanOrEqual(modelCalls);
        },
      ),
      { numRuns: 60 },
    );
  });
});
