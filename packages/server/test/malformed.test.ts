import type { Execution } from '@aiwork/client';
import { describe, expect, it } from 'vitest';
import { kinds, malformedRequest } from './malformed/malformed-requests.ts';
import { type RawAnswer, sendRaw } from './raw-answers.fixture.ts';
import { ask, startServer } from './server-process.fixture.ts';

/** `AIWORK_ATTACK_SEED=42` sends the requests of another day; a failure names the seed and the place. */
const seed = Number(process.env['AIWORK_ATTACK_SEED'] ?? 20_261_121);
const requests = 10_000;
const together = 24;

/** What is wrong with how a request was answered; nothing when all is well. */
function complaint(answers: readonly RawAnswer[], allowed: readonly (number | 'none')[]): string | undefined {
  const [first] = answers;
  const all = answers.map(({ head }) => head).join(' | ');
  if (/^x-injected/im.test(all)) return `a header was injected: ${all}`;
  if (!first) return allowed.includes('none') ? undefined : 'closed without an answer';
  const wrong = answers.find(
    ({ status }) => !(status >= 100 && (status < 500 || status === 501 || status === 505)),
  );
  if (wrong) return `${wrong.head}\n${wrong.body.slice(0, 500)}`;
  if (!allowed.includes(first.status)) return `${first.head}\n${first.body.slice(0, 500)}`;
  return undefined;
}

describe('a server that 10,000 malformed requests are sent to', () => {
  it('refuses each of them as a fault of who sent it, leaks nothing, and goes on', {
    timeout: 900_000,
  }, async () => {
    await using server = await startServer();
    const idle = (await server.facts()).resources;
    const input = { amount: 1, for: 'tea' };
    const { executionId: waiting } = await ask<Execution>(server, '/execute', { unit: 'approve', input });

    const complaints: string[] = [];
    async function attack(from: number, to: number): Promise<void> {
      let next = from;
      const attacker = async () => {
        while (next < to) {
          const index = next++;
          const { kind, answers, ...request } = malformedRequest(seed, index, waiting);
          const wrong = complaint(await sendRaw(server.port, request), answers);
          if (wrong === undefined) continue;
          const bytes = Buffer.concat(request.parts).toString('latin1').slice(0, 300);
          complaints.push(
            `${kind}, AIWORK_ATTACK_SEED=${seed}, request ${index}: ${wrong}\nafter ${JSON.stringify(bytes)}`,
          );
        }
      };
      await Promise.all(Array.from({ length: together }, attacker));
    }

    // What is compiled and cached once is there after the first quarter.
    await attack(0, requests / 4);
    const before = await server.facts();
    await attack(requests / 4, requests);
    const after = await server.facts();

    expect(complaints.slice(0, 20)).toEqual([]);
    expect(after.uncaught).toEqual([]);
    expect(after.failures).toEqual([]);
    expect(after.isPolluted).toBe(false);
    expect(await ask(server, '/executions?tag=smuggled')).toEqual({ items: [] });
    expect(after.heapBytes - before.heapBytes).toBeLessThan(4 * 1024 * 1024);
    expect(await ask(server, '/execute', { unit: 'double', input: 21 })).toMatchObject({
      status: 'succeeded',
      output: 42,
    });
    await expect.poll(async () => (await server.facts()).resources, { timeout: 30_000 }).toEqual(idle);
  });

  it('knows many kinds of them, and makes each anew by its place', () => {
    expect(kinds.length).toBeGreaterThan(20);
    const some = (of: number) => Array.from({ length: 200 }, (_, index) => malformedRequest(of, index, 'w'));
    expect(some(1)).toEqual(some(1));
    const sizesOf = (of: number) => some(of).map(({ parts }) => Buffer.concat(parts).length);
    expect(sizesOf(2)).not.toEqual(sizesOf(1));
  });
});
