import { createMemoryReplica } from '@aiwork/memory';
import { describe, expect, it } from 'vitest';
import { createFollower } from './follower.ts';
import type { Changes, KeptDoc, KeptDocs } from './kept-docs.ts';

const doc = (id: string, version: string): KeptDoc => ({
  id,
  version,
  doc: { id, text: `needle ${version}` },
});

/** Redis, as far as a follower knows it: what it is asked is what a test says. */
function scripted(answers: (Partial<Changes> | Error)[]) {
  const asked: string[] = [];
  const docs: KeptDocs = {
    async changesSince(change) {
      asked.push(change);
      const answer = answers.shift() ?? {};
      if (answer instanceof Error) throw answer;
      const head = answer.head ?? change;
      return {
        head,
        documents: 0,
        is: 'all',
        to: head,
        kept: [],
        dropped: [],
        hasForgotten: false,
        ...answer,
      };
    },
    async look() {
      asked.push('look');
      return { head: '0', documents: 0 };
    },
    async *versions() {
      asked.push('versions');
      yield new Map();
    },
    async *read() {
      yield [];
    },
    keep: () => Promise.reject(new Error('nobody writes')),
    delete: () => Promise.reject(new Error('nobody writes')),
    forget: () => Promise.reject(new Error('nobody writes')),
    tidy: () => Promise.reject(new Error('nobody writes')),
  };
  return { docs, asked };
}

async function following(answers: (Partial<Changes> | Error)[]) {
  const { docs, asked } = scripted(answers);
  const replica = createMemoryReplica();
  let compactions = 0;
  const follower = createFollower(docs, {
    ...replica,
    get size() {
      return replica.size;
    },
    compact() {
      compactions += 1;
      return replica.compact();
    },
  });
  const found = async () =>
    (await replica.search({ text: 'needle', topK: 9 })).map(({ id, text }) => `${id}: ${text}`);
  return { follower, replica, asked, found, compactions: () => compactions };
}

describe('a follower', () => {
  it('asks once for all who ask before it begins, and again for who asks later', async () => {
    const { follower, asked } = await following([]);
    await follower.begin(undefined, undefined);
    asked.length = 0;
    const first = [follower.catchUp(), follower.catchUp()];
    await Promise.resolve();
    const later = follower.catchUp();
    await Promise.all([...first, later]);
    expect(asked).toEqual(['0', '0']);
  });

  it('shows nothing of several pages before the last of them, where ids are of one state', async () => {
    const { follower, found } = await following([
      {},
      { head: '9', is: 'more', to: '5', kept: [doc('a', '9')], documents: 2 },
      new Error('the connection broke'),
      { head: '9', is: 'more', to: '5', kept: [doc('a', '9')], documents: 2 },
      { head: '9', kept: [doc('b', '9')], documents: 2 },
    ]);
    await follower.begin(undefined, undefined);
    await expect(follower.catchUp()).rejects.toThrow('broke');
    expect(await found()).toEqual([]);
    await follower.catchUp();
    expect(await found()).toEqual(['a: needle 9', 'b: needle 9']);
  });

  it('takes what this process wrote without asking, unless somebody else wrote meanwhile', async () => {
    const { follower, found, asked } = await following([
      {},
      { head: '3', kept: [doc('a', '2'), doc('b', '3')], documents: 2 },
    ]);
    await follower.begin(undefined, undefined);
    asked.length = 0;
    await follower.take({ from: '0', to: '1' }, { kept: [doc('a', '1')] });
    expect(asked).toEqual([]);
    expect(await found()).toEqual(['a: needle 1']);
    await follower.take({ from: '2', to: '3' }, { kept: [doc('b', '3')] });
    expect(asked).toEqual(['1']);
    expect(await found()).toEqual(['a: needle 2', 'b: needle 3']);
  });

  it('asks though answers may be of any age, where somebody may have written', async () => {
    const { follower, asked } = await following([]);
    await follower.begin(undefined, undefined);
    asked.length = 0;
    await follower.catchUpWithin(Number.POSITIVE_INFINITY);
    expect(asked).toEqual([]);
    follower.doubt();
    await follower.catchUpWithin(Number.POSITIVE_INFINITY);
    await follower.catchUpWithin(Number.POSITIVE_INFINITY);
    expect(asked).toEqual(['0']);
  });

  it('asks again where what was written could not be taken', async () => {
    const { follower, asked } = await following([{}, new Error('the connection broke')]);
    await follower.begin(undefined, undefined);
    await follower.take({ from: '7', to: '8' }, {});
    asked.length = 0;
    await follower.catchUpWithin(Number.POSITIVE_INFINITY);
    expect(asked).toEqual(['0']);
  });

  it('leaves nothing of what was forgotten elsewhere', async () => {
    const { follower, compactions } = await following([{}, { head: '1', hasForgotten: true }]);
    await follower.begin(undefined, undefined);
    expect(compactions()).toBe(0);
    await follower.catchUp();
    expect(compactions()).toBe(1);
  });

  it('compares everything where changes are missing, and gives up where they always are', async () => {
    const gap = { is: 'gap' } as const;
    const { follower, asked } = await following([{}, gap, {}, gap, gap, gap, gap, gap, gap]);
    await follower.begin(undefined, undefined);
    asked.length = 0;
    await follower.catchUp();
    expect(asked).toEqual(['0', 'look', 'versions', '0']);
    await expect(follower.catchUp()).rejects.toMatchObject({ code: 'AIWORK_STORE_BUSY', retryable: true });
  });

  it('does not answer from what it had while it compares', async () => {
    const { follower } = await following([
      {},
      { is: 'gap' },
      new Error('the connection broke'),
      new Error('still'),
    ]);
    await follower.begin(undefined, undefined);
    await expect(follower.catchUp()).rejects.toThrow('broke');
    await expect(follower.catchUpWithin(Number.POSITIVE_INFINITY)).rejects.toThrow('still');
  });

  it('lets a caller go whose signal aborts, and goes on for the others', async () => {
    const { follower, asked } = await following([]);
    await follower.begin(undefined, undefined);
    asked.length = 0;
    const controller = new AbortController();
    const gone = follower.catchUp(controller.signal);
    const stays = follower.catchUp();
    controller.abort(new Error('left'));
    await expect(gone).rejects.toMatchObject({ code: 'AIWORK_CANCELLED' });
    await stays;
    expect(asked).toEqual(['0']);
  });
});
