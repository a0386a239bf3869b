import { describe, expect, it } from 'vitest';
import { outcomeOf, scriptedCall, unavailable, watch } from '../calls.fixture.ts';
import { breakerGroup, protectCall } from '../index.ts';

const rules = { id: 'provider', minCalls: 1, openFor: '10s' } as const;

describe('breakerGroup', () => {
  it('opens all once enough of its breakers are open', async () => {
    const { clock, options, events } = watch();
    const group = breakerGroup({ ...rules, openTogether: 2 });
    for (const name of ['small', 'middle', 'large']) group.for(name);
    const failing = (name: string) =>
      outcomeOf(protectCall(scriptedCall(clock, [unavailable()]), [group.for(name)], options)({}));
    await failing('small');
    expect(group.for('large').phase).toBe('closed');
    await failing('middle');
    expect([...group.breakers.values()].map(({ phase }) => phase)).toEqual(['open', 'open', 'open']);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'breaker.opened', breaker: 'provider/large', by: 'group' }),
    );
  });

  it('leaves each on its own without openTogether', async () => {
    const { clock, options } = watch();
    const group = breakerGroup(rules);
    const ask = protectCall(scriptedCall(clock, [unavailable()]), [group.for('small')], options);
    await outcomeOf(ask({}));
    expect([group.for('small').phase, group.for('large').phase]).toEqual(['open', 'closed']);
  });

  it('takes no opening below 1 for together', () => {
    expect(() => breakerGroup({ ...rules, openTogether: 0 })).toThrow('give a whole number of 1 or more');
  });
});
