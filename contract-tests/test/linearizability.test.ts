import { describe, expect, it } from 'vitest';
import { type Call, checkLinearizable } from '../src/contracts/linearizability.ts';

type Op = { readonly read: string } | { readonly write: string };

const step = (state: string, op: Op) => {
  if ('write' in op) return op.write;
  return op.read === state ? state : undefined;
};

const call = (client: number, from: number, to: number, op: Op): Call<Op> => ({ client, from, to, op });

describe('the linearizability check', () => {
  it('accepts either order of calls that overlap', () => {
    for (const read of ['', 'a']) {
      const calls = [call(0, 1, 4, { write: 'a' }), call(1, 2, 3, { read })];
      expect(checkLinearizable(calls, '', step)).toBe('linearizable');
    }
  });

  it('refuses a read of what was replaced before it began', () => {
    const calls = [call(0, 1, 2, { write: 'a' }), call(1, 3, 4, { read: '' })];
    expect(checkLinearizable(calls, '', step)).toBe('not-linearizable');
  });

  it('refuses two readers who saw two writes in different orders', () => {
    const calls = [
      call(0, 1, 20, { write: 'a' }),
      call(1, 2, 20, { write: 'b' }),
      call(2, 3, 4, { read: 'a' }),
      call(2, 5, 6, { read: 'b' }),
      call(3, 7, 8, { read: 'a' }),
    ];
    expect(checkLinearizable(calls, '', step)).toBe('not-linearizable');
  });

  it('says when its budget ran out', () => {
    const calls = Array.from({ length: 12 }, (_, n) => call(n, n, 100 + n, { read: 'never' }));
    expect(checkLinearizable(calls, '', step, 5)).toBe('undecided');
  });
});
