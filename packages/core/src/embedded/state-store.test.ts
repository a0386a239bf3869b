import { describe, expect, it } from 'vitest';
import { collect, stoppedClock, storeKinds } from './stores.fixture.ts';

const hostile = [
  'a:b',
  '__proto__',
  'constructor',
  'nul\u0000inside',
  'line\r\nbreak',
  '../../etc/passwd',
  '%',
  '_',
  "'; DROP TABLE state; --",
  '\ufeffmark',
  'é',
  'e\u0301',
  ' ',
  '😀'.repeat(2560),
];

describe.each(storeKinds)('a state store $kind', ({ open }) => {
  it('keeps JSON data as it was', async () => {
    const { stateStore } = open();
    const values = [
      null,
      0,
      -1.5,
      'text',
      '',
      false,
      [],
      {},
      [1, [2, { a: null }]],
      { ['__proto__']: 1, '\ud83d': '\ud83d' },
    ];
    for (const value of values) {
      await stateStore.set('key', value);
      expect((await stateStore.get('key'))?.value).toEqual(value);
    }
    expect(await stateStore.get('other')).toBeUndefined();
  });

  it('shares nothing with who writes or reads', async () => {
    const { stateStore } = open();
    const value = { list: [1] };
    const setting = stateStore.set('key', value);
    value.list.push(2);
    await setting;
    const read = await stateStore.get('key');
    (read?.value as typeof value | undefined)?.list.push(3);
    expect((await stateStore.get('key'))?.value).toEqual({ list: [1] });
  });

  it('refuses undefined', async () => {
    const { stateStore } = open();
    await expect(stateStore.set('key', undefined)).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      outcome: 'not-applied',
    });
  });

  it('refuses what JSON would change, and keeps what was there', async () => {
    const { stateStore } = open();
    await stateStore.set('key', 1);
    await expect(stateStore.set('key', { when: new Date(0) })).rejects.toMatchObject({
      code: 'AIWORK_NOT_SERIALIZABLE',
      outcome: 'not-applied',
      message: expect.stringContaining('at .when is a Date'),
    });
    expect((await stateStore.get('key'))?.value).toBe(1);
  });

  it('keeps hostile keys apart and lists them', async () => {
    const { stateStore } = open();
    for (const [index, key] of hostile.entries()) await stateStore.set(key, index);
    for (const [index, key] of hostile.entries()) expect((await stateStore.get(key))?.value).toBe(index);
    expect(new Set(await collect(stateStore.keys()))).toEqual(new Set(hostile));
    for (const prefix of hostile) {
      const expected = hostile.filter((key) => key.startsWith(prefix));
      expect(new Set(await collect(stateStore.keys(prefix)))).toEqual(new Set(expected));
    }
    for (const key of hostile) expect(await stateStore.delete(key)).toBe(true);
    expect(await collect(stateStore.keys())).toEqual([]);
  });

  it.each(['', 'half \ud83d', '\ude00', 7 as unknown as string])('refuses the key %j', async (key) => {
    const { stateStore } = open();
    const calls = [
      () => stateStore.set(key, 1),
      () => stateStore.get(key),
      () => stateStore.delete(key),
      () => stateStore.getMany([key]),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT', outcome: 'not-applied' });
    }
  });

  it('refuses a prefix that is not well-formed', async () => {
    const { stateStore } = open();
    await expect(collect(stateStore.keys('\ud83d'))).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
    });
  });

  describe('versions', () => {
    it('differ after every write, also after delete and re-creation', async () => {
      const { stateStore } = open();
      const versions = new Set<string | undefined>();
      for (let n = 0; n < 5; n += 1) {
        await stateStore.set('key', 'same');
        versions.add((await stateStore.get('key'))?.version);
        await stateStore.set('key', 'same');
        versions.add((await stateStore.get('key'))?.version);
        await stateStore.delete('key');
      }
      expect(versions.size).toBe(10);
    });

    it('guard a write', async () => {
      const { stateStore } = open();
      const first = await stateStore.set('key', 1, { ifVersion: null });
      expect(first.applied).toBe(true);
      expect(await stateStore.set('key', 2, { ifVersion: null })).toEqual({ applied: false });
      expect(await stateStore.set('key', 2, { ifVersion: 'other' })).toEqual({ applied: false });
      const version = first.applied ? first.version : '';
      expect((await stateStore.get('key'))?.version).toBe(version);
      expect(await stateStore.set('key', 2, { ifVersion: version })).toMatchObject({ applied: true });
      expect(await stateStore.set('key', 3, { ifVersion: version })).toEqual({ applied: false });
      expect((await stateStore.get('key'))?.value).toBe(2);
      expect(await stateStore.set('absent', 1, { ifVersion: version })).toEqual({ applied: false });
    });

    it('guard a delete', async () => {
      const { stateStore } = open();
      await stateStore.set('key', 1);
      expect(await stateStore.delete('key', { ifVersion: 'other' })).toBe(false);
      const version = (await stateStore.get('key'))?.version as string;
      expect(await stateStore.delete('key', { ifVersion: version })).toBe(true);
      expect(await stateStore.delete('key', { ifVersion: version })).toBe(false);
      expect(await stateStore.delete('key')).toBe(false);
    });

    it('let one of several writers at once through', async () => {
      const { stateStore } = open();
      const results = await Promise.all(
        [1, 2, 3, 4].map((n) => stateStore.set('key', n, { ifVersion: null })),
      );
      expect(results.filter(({ applied }) => applied)).toHaveLength(1);
    });
  });

  describe('time to live', () => {
    it('ends to the millisecond, for every way to see the entry', async () => {
      const clock = stoppedClock();
      const { stateStore } = open(clock);
      await stateStore.set('key', 1, { ttlMs: 100 });
      await stateStore.set('stays', 1);
      clock.advance(99);
      expect((await stateStore.get('key'))?.value).toBe(1);
      expect(await collect(stateStore.keys())).toEqual(['key', 'stays']);
      clock.advance(1);
      expect(await stateStore.get('key')).toBeUndefined();
      expect(await collect(stateStore.keys())).toEqual(['stays']);
      expect([...(await stateStore.getMany(['key', 'stays'])).keys()]).toEqual(['stays']);
      expect(await stateStore.delete('key')).toBe(false);
      expect(await stateStore.set('key', 2, { ifVersion: null })).toMatchObject({ applied: true });
    });

    it('is not extended by reading, and is dropped by a write without one', async () => {
      const clock = stoppedClock();
      const { stateStore } = open(clock);
      for (const key of ['read', 'written']) await stateStore.set(key, 1, { ttlMs: 100 });
      clock.advance(50);
      await stateStore.get('read');
      await stateStore.set('written', 2);
      clock.advance(50);
      expect(await stateStore.get('read')).toBeUndefined();
      expect((await stateStore.get('written'))?.value).toBe(2);
    });

    it('lets expired entries be cleared away by later writes', async () => {
      const clock = stoppedClock();
      const { stateStore } = open(clock);
      for (let n = 0; n < 50; n += 1) await stateStore.set(`old ${n}`, n, { ttlMs: 1 });
      clock.advance(1);
      for (let n = 0; n < 60; n += 1) await stateStore.set('new', n, { ttlMs: 1000 });
      // Seen again only if it were still stored when time runs backwards.
      clock.advance(-1);
      expect(await collect(stateStore.keys())).toEqual(['new']);
    });

    it.each([0, -5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', async (ttlMs) => {
      const { stateStore } = open();
      await expect(stateStore.set('key', 1, { ttlMs })).rejects.toMatchObject({
        code: 'AIWORK_INVALID_ARGUMENT',
        outcome: 'not-applied',
      });
    });
  });

  describe('keys', () => {
    it('come in the order of code points', async () => {
      const { stateStore } = open();
      const ordered = [
        '',
        '\u0000',
        'A',
        'a',
        'aa',
        'é',
        '\ud7ff',
        '\ue000',
        '\uff5e',
        '\u{1f600}',
        '\u{10ffff}',
      ].map((end) => `k${end}`);
      for (const key of ordered.toReversed()) await stateStore.set(key, 1);
      expect(await collect(stateStore.keys())).toEqual(ordered);
    });

    it.each(['a%', 'a_', 'a', 'a\ud7ff', '\u{10ffff}', 'z'])(
      'with the prefix %j are those that start with it',
      async (prefix) => {
        const { stateStore } = open();
        const all = [
          'a',
          'a%',
          'a%b',
          'a_',
          'ab',
          'a\ud7ff',
          'a\ud7ffz',
          'a\ue000',
          '\u{10ffff}',
          '\u{10ffff}\u{10ffff}x',
        ];
        for (const key of all) await stateStore.set(key, 1);
        const expected = all.filter((key) => key.startsWith(prefix));
        expect(new Set(await collect(stateStore.keys(prefix)))).toEqual(new Set(expected));
      },
    );

    it('come each once beyond any page, while others come and go', async () => {
      const { stateStore } = open();
      const stay = Array.from({ length: 1300 }, (_, n) => `p${String(n).padStart(4, '0')}`);
      await Promise.all(stay.map((key) => stateStore.set(key, 1)));
      await stateStore.set('p0999x', 1);
      const seen: string[] = [];
      for await (const key of stateStore.keys('p')) {
        seen.push(key);
        if (seen.length === 5) {
          await stateStore.delete('p0999x');
          await stateStore.set('p0000a', 1);
        }
      }
      expect(seen).toEqual(stay);
    });

    it('come all when each begins with the one before', async () => {
      const { stateStore } = open();
      const nested = Array.from({ length: 1100 }, (_, n) => `p${'\u0000'.repeat(n)}`);
      await Promise.all(nested.map((key) => stateStore.set(key, 1)));
      expect(await collect(stateStore.keys())).toEqual(nested);
    });
  });

  it('gives the entries that exist of many', async () => {
    const { stateStore } = open();
    await stateStore.set('a', 1);
    await stateStore.set('__proto__', 2);
    const found = await stateStore.getMany(['a', 'absent', '__proto__', 'a']);
    expect([...found].map(([key, { value }]) => [key, value])).toEqual([
      ['a', 1],
      ['__proto__', 2],
    ]);
    expect(found.get('a')).toEqual(await stateStore.get('a'));
    expect(await stateStore.getMany([])).toEqual(new Map());
  });

  it('takes keys and values of exactly the declared size and not one byte more', async () => {
    const { stateStore } = open({ maxKeyBytes: 6, maxValueBytes: 8 });
    expect(stateStore.capabilities).toMatchObject({ maxKeyBytes: 6, maxValueBytes: 8 });
    await stateStore.set('üüü', 'üüü');
    expect((await stateStore.get('üüü'))?.value).toBe('üüü');
    for (const [key, value] of [
      ['üüüx', 1],
      ['üüü', 'üüüx'],
    ] as const) {
      await expect(stateStore.set(key, value)).rejects.toMatchObject({
        code: 'AIWORK_LIMIT_EXCEEDED',
        outcome: 'not-applied',
      });
    }
    expect((await stateStore.get('üüü'))?.value).toBe('üüü');
    await expect(stateStore.get('üüüx')).rejects.toMatchObject({ code: 'AIWORK_LIMIT_EXCEEDED' });
  });

  it('refuses aborted calls without effect, and calls after close', async () => {
    const { stateStore } = open();
    const calls = (signal?: AbortSignal) => {
      const options = signal ? { signal } : {};
      return [
        () => stateStore.get('key', options),
        () => stateStore.set('key', 1, options),
        () => stateStore.delete('key', options),
        () => collect(stateStore.keys('', options)),
        () => stateStore.getMany(['key'], options),
      ];
    };
    for (const call of calls(AbortSignal.abort())) {
      await expect(call()).rejects.toMatchObject({ code: 'AIWORK_CANCELLED', outcome: 'not-applied' });
    }
    expect(await stateStore.get('key')).toBeUndefined();
    await stateStore.close();
    await stateStore[Symbol.asyncDispose]();
    for (const call of calls()) await expect(call()).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
  });

  it('stops a listing that is under way when it is closed or aborted', async () => {
    for (const end of ['close', 'abort'] as const) {
      const { stateStore } = open();
      await Promise.all(Array.from({ length: 1000 }, (_, n) => stateStore.set(`${n}`, 1)));
      const controller = new AbortController();
      const keys = stateStore.keys('', { signal: controller.signal })[Symbol.asyncIterator]();
      await keys.next();
      if (end === 'close') await stateStore.close();
      else controller.abort();
      const drain = async () => {
        while (!(await keys.next()).done);
      };
      await expect(drain()).rejects.toMatchObject({
        code: end === 'close' ? 'AIWORK_CLOSED' : 'AIWORK_CANCELLED',
      });
    }
  });

  it('declares capabilities that cannot be changed', () => {
    const { capabilities } = open().stateStore;
    expect(Object.isFrozen(capabilities)).toBe(true);
    expect(Object.isFrozen(capabilities.ttl)).toBe(true);
  });
});
