import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemory, loadMemory } from './local-memory.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiwork-memory-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const many = Array.from({ length: 5000 }, (_, i) => ({ id: `${i}`, text: `text number ${i} `.repeat(20) }));

describe('memory', () => {
  it('finds what was upserted, counts it and deletes it', async () => {
    await using memory = createMemory();
    await memory.upsert([
      { id: 'a', text: 'green tea' },
      { id: 'b', text: 'black tea' },
    ]);
    expect((await memory.search({ text: 'green tea', topK: 5 })).map((hit) => hit.id)).toEqual(['a', 'b']);
    expect(await memory.delete(['a', 'x'])).toBe(1);
    expect(await memory.count()).toBe(1);
  });

  it('declares what it can do, frozen', () => {
    const { capabilities } = createMemory({ maxTextBytes: 99 });
    expect(capabilities).toEqual({
      search: ['text'],
      filters: true,
      maxTextBytes: 99,
      durability: 'process',
    });
    expect(Object.isFrozen(capabilities) && Object.isFrozen(capabilities.search)).toBe(true);
  });

  it('rejects, rather than throws, what it refuses', async () => {
    await using memory = createMemory();
    await expect(memory.upsert([{ id: '', text: 'x' }])).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      outcome: 'not-applied',
    });
    await expect(memory.search({ topK: 1 })).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
  });

  it('applies mutations in the order they were called, large ones too', async () => {
    await using memory = createMemory();
    const calls = [memory.upsert(many), memory.upsert([{ id: '7', text: 'last' }]), memory.delete(['8'])];
    await Promise.all(calls);
    expect((await memory.search({ text: 'last', topK: 1 }))[0]?.id).toBe('7');
    expect(await memory.count()).toBe(4999);
  });

  it('takes the documents as they were when it was called', async () => {
    await using memory = createMemory();
    const first = memory.upsert(many);
    const batch = [{ id: 'x', text: 'before' }];
    const second = memory.upsert(batch);
    batch[0] = { id: 'x', text: 'after' };
    await Promise.all([first, second]);
    expect(await memory.search({ text: 'after', topK: 1 })).toEqual([]);
  });

  it('lets other work run while a large batch is indexed', async () => {
    await using memory = createMemory();
    let turns = 0;
    const timer = setInterval(() => {
      turns++;
    }, 1);
    await memory.upsert(many);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('lets other work run between batches, however small they are', async () => {
    await using memory = createMemory();
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    for (const doc of many) if (!turned) await memory.upsert([doc]);
    expect(turned).toBe(true);
  });

  it('shows a batch whole or not at all, and so its end', async () => {
    await using memory = createMemory();
    await memory.upsert(many);
    const batch = many.map(({ id, text }) => ({ id, text: `${text} again`, metadata: { again: true } }));
    const call = memory.upsert(batch).then(() => memory.delete(many.map(({ id }) => id)));
    let over = false;
    void call.finally(() => {
      over = true;
    });
    const counts = new Set<number>();
    const found = new Set<number>();
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve));
      counts.add(await memory.count());
      await new Promise((resolve) => setImmediate(resolve));
      found.add((await memory.search({ text: 'again', topK: 1000 })).length);
    }
    expect(await call).toBe(5000);
    expect([...counts].filter((count) => ![0, 5000].includes(count))).toEqual([]);
    expect([...found].filter((count) => ![0, 1000].includes(count))).toEqual([]);
  });

  it('does nothing when the signal has aborted', async () => {
    await using memory = createMemory();
    const signal = AbortSignal.abort(new Error('changed my mind'));
    const cancelled = {
      code: 'AIWORK_CANCELLED',
      cause: expect.objectContaining({ message: 'changed my mind' }),
    };
    await expect(memory.upsert([{ id: 'a', text: 'x' }], { signal })).rejects.toMatchObject({
      ...cancelled,
      outcome: 'not-applied',
    });
    await expect(memory.delete(['a'], { signal })).rejects.toMatchObject(cancelled);
    await expect(memory.search({ text: 'x', topK: 1 }, { signal })).rejects.toMatchObject(cancelled);
    await expect(memory.count({ signal })).rejects.toMatchObject(cancelled);
    await expect(memory.save(join(folder, 'never'), { signal })).rejects.toMatchObject(cancelled);
    expect(await memory.count()).toBe(0);
    expect(await readdir(folder)).not.toContain('never');
  });

  it('applies nothing of a batch that is aborted half-way', async () => {
    await using memory = createMemory();
    const controller = new AbortController();
    const upsert = memory.upsert(many, { signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(upsert).rejects.toMatchObject({ code: 'AIWORK_CANCELLED', outcome: 'not-applied' });
    expect(await memory.count()).toBe(0);
  });

  it('rejects a waiting call at once when its signal aborts', async () => {
    await using memory = createMemory();
    const large = memory.upsert(many);
    const controller = new AbortController();
    const waiting = memory.upsert([{ id: 'late', text: 'late' }], { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'AIWORK_CANCELLED', outcome: 'not-applied' });
    expect(await memory.count()).toBe(0);
    await Promise.all([large, memory.delete([])]);
    expect(await memory.search({ text: 'late', topK: 1 })).toEqual([]);
  });

  it('leaves no listener on a signal', async () => {
    await using memory = createMemory();
    const { signal } = new AbortController();
    let listeners = 0;
    signal.addEventListener = () => listeners++;
    signal.removeEventListener = () => listeners--;
    await memory.upsert([{ id: 'a', text: 'x' }], { signal });
    await memory.delete(['a'], { signal });
    expect(listeners).toBe(0);
  });

  it('waits with close for what is in flight, and refuses everything after', async () => {
    const memory = createMemory();
    let done = false;
    const upsert = memory.upsert(many).then(() => {
      done = true;
    });
    await memory.close();
    expect(done).toBe(true);
    await upsert;
    await memory.close();
    const calls = [
      memory.upsert([]),
      memory.search({ text: 'x', topK: 1 }),
      memory.delete([]),
      memory.count(),
      memory.save(join(folder, 'closed')),
      memory.toSnapshot(),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
  });

  it('shares nothing with another memory', async () => {
    await using one = createMemory();
    await using other = createMemory();
    await one.upsert([{ id: 'a', text: 'word' }]);
    expect(await other.search({ text: 'word', topK: 1 })).toEqual([]);
  });
});

describe('saving a memory', () => {
  it('brings everything back from the file', async () => {
    const file = join(folder, 'round-trip');
    await using memory = createMemory({ ranking: { kind: 'tfidf' } });
    await memory.upsert(many.slice(0, 500));
    await memory.save(pathToFileURL(file));
    await using loaded = await loadMemory(file);
    const query = { text: 'number 17', topK: 20 };
    expect(await loaded.search(query)).toEqual(await memory.search(query));
  });

  it('brings everything back from bytes', async () => {
    await using memory = createMemory();
    await memory.upsert([{ id: 'a', text: 'word' }]);
    await using loaded = await loadMemory(await memory.toSnapshot());
    expect(await loaded.count()).toBe(1);
  });

  it('saves what was there when it was called, not what came after', async () => {
    const file = join(folder, 'order');
    await using memory = createMemory();
    await memory.upsert(many);
    const saved = memory.save(file);
    const later = memory.upsert([{ id: 'later', text: 'later' }]);
    await Promise.all([saved, later]);
    await using loaded = await loadMemory(file);
    expect(await loaded.count()).toBe(many.length);
  });

  it('replaces the file and leaves no other behind', async () => {
    const place = join(folder, 'replace');
    await mkdir(place);
    const file = join(place, 'memory');
    await writeFile(file, 'something else');
    await using memory = createMemory();
    await memory.save(file);
    expect(await readdir(place)).toEqual(['memory']);
    await using loaded = await loadMemory(file);
    expect(await loaded.count()).toBe(0);
  });

  it('leaves the file as it was when it is aborted while writing', async () => {
    const place = join(folder, 'abort');
    await mkdir(place);
    const file = join(place, 'memory');
    await writeFile(file, 'precious');
    await using memory = createMemory();
    await memory.upsert(many);
    const controller = new AbortController();
    const saving = memory.save(file, { signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(saving).rejects.toMatchObject({ code: 'AIWORK_CANCELLED', outcome: 'not-applied' });
    expect(await readdir(place)).toEqual(['memory']);
    expect(await readFile(file, 'utf8')).toBe('precious');
  });

  it('says which file could not be written, and leaves nothing behind', async () => {
    const place = join(folder, 'a-folder');
    await mkdir(join(place, 'memory'), { recursive: true });
    await using memory = createMemory();
    await expect(memory.save(join(place, 'memory'))).rejects.toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      outcome: 'not-applied',
      message: expect.stringContaining(join(place, 'memory')),
    });
    await expect(memory.save(join(folder, 'no', 'such', 'folder'))).rejects.toMatchObject({
      code: 'AIWORK_STORE_FAILED',
    });
    expect(await readdir(place)).toEqual(['memory']);
    expect(await memory.count()).toBe(0);
  });

  it('says which file could not be read', async () => {
    await expect(loadMemory(join(folder, 'missing'))).rejects.toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringContaining('missing'),
    });
  });

  it('names the file that is damaged', async () => {
    const file = join(folder, 'damaged');
    await using memory = createMemory();
    await memory.save(file);
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, -1));
    await expect(loadMemory(file)).rejects.toMatchObject({
      code: 'AIWORK_CORRUPT_DATA',
      message: expect.stringContaining(file),
    });
  });

  it('does not load under an aborted signal', async () => {
    await expect(loadMemory(join(folder, 'x'), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'AIWORK_CANCELLED',
    });
  });
});
