import type { StateStore } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { stateStores } from './keyv/state-stores.ts';
import { tellApart, type Use } from './use.ts';

const saboteurs = stateStores.saboteurs.filter(({ id }) => ['ttl-ignored', 'absent-as-null'].includes(id));
const ours = { ...stateStores, saboteurs };

const readAbsent: Use<StateStore> = {
  name: 'read what is not there',
  play: async (open) => (await (await open()).get('absent'))?.value,
};

describe('which saboteurs a program can tell apart', () => {
  it('is said with the program that sees another answer', async () => {
    expect(await tellApart(ours, [readAbsent])).toEqual(
      new Map([
        ['absent-as-null', ['read what is not there']],
        ['ttl-ignored', []],
      ]),
    );
  });

  it('is not said by a program that sees another answer of the correct one each time', async () => {
    let plays = 0;
    const unsteady = { ...readAbsent, play: async () => plays++ };
    await expect(tellApart(ours, [unsteady])).rejects.toThrow(
      '"read what is not there" does not see the same of two references: 0, 1',
    );
  });

  it('is not said by a program that fails on the correct one', async () => {
    const failing = { ...readAbsent, play: () => Promise.reject(new Error('no')) };
    await expect(tellApart(ours, [failing])).rejects.toThrow('does not see the same of two references');
  });
});
