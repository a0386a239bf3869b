import { describe, expect, it } from 'vitest';
import { serverWarnings } from './server-warnings.ts';

describe('warnings about a server', () => {
  it('are none where it keeps everything', () => {
    expect(serverWarnings({ durability: 'service-kill', evictionPolicy: 'noeviction' }, {})).toEqual([]);
  });

  it.each([
    [{ durability: 'service-kill', evictionPolicy: 'volatile-ttl' }, 'maxmemory-policy volatile-ttl'],
    [{ durability: 'process', evictionPolicy: 'noeviction' }, 'appendonly'],
    [{}, 'does not tell its settings'],
  ] as const)('name what to change: %j', (facts, said) => {
    expect(serverWarnings(facts, {})).toEqual([expect.stringContaining(said)]);
  });

  it('do not ask for what was said', () => {
    expect(serverWarnings({}, { durability: 'service-restart' })).toEqual([]);
  });
});
