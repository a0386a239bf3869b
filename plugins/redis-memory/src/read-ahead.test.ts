import { describe, expect, it } from 'vitest';
import { readAhead } from './read-ahead.ts';

describe('reading ahead', () => {
  it('asks for the next while the last is worked on', async () => {
    const events: string[] = [];
    async function* source() {
      for (const n of [1, 2, 3]) {
        events.push(`asked for ${n}`);
        yield n;
      }
    }
    for await (const n of readAhead(source())) {
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`worked on ${n}`);
    }
    expect(events).toEqual([
      'asked for 1',
      'asked for 2',
      'worked on 1',
      'asked for 3',
      'worked on 2',
      'worked on 3',
    ]);
  });

  it('fails as the source does, and ends it when nobody wants more', async () => {
    let hasEnded = false;
    async function* source() {
      try {
        yield 1;
        throw new Error('broke');
      } finally {
        hasEnded = true;
      }
    }
    const all = async () => {
      for await (const _ of readAhead(source()));
    };
    await expect(all()).rejects.toThrow('broke');
    hasEnded = false;
    for await (const _ of readAhead(source())) break;
    expect(hasEnded).toBe(true);
  });
});
