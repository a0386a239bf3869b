import { mock } from 'node:test';
import type { RunStore } from '@aiwork/core';
import type { BaseCheckpointSaver, CheckpointTuple } from '@langchain/langgraph-checkpoint';
import type { Use } from '../use.ts';
import { RunStoreSaver } from './run-store-saver.ts';

type Saver = BaseCheckpointSaver;

const use = (
  name: string,
  play: (saver: Saver, another: () => Saver) => Promise<unknown>,
): Use<RunStore> => ({
  name,
  play: (open) => play(new RunStoreSaver(open), () => new RunStoreSaver(open)),
});

const idOf = (step: number) => `checkpoint-${String(step).padStart(5, '0')}`;
const at = (thread: string, step?: number, ns = '') => ({
  configurable: {
    ...{ thread_id: thread, checkpoint_ns: ns },
    ...(step !== undefined && { checkpoint_id: idOf(step) }),
  },
});

/** Puts the checkpoint of a step whose one channel, if any, has changed. */
async function put(saver: Saver, thread: string, step: number, value?: unknown, ns = ''): Promise<void> {
  const versions = value === undefined ? {} : { state: step + 1 };
  const values = value === undefined ? {} : { state: value };
  const checkpoint = {
    ...{ v: 4, id: idOf(step), ts: '2026-01-01T00:00:00.000Z', versions_seen: {} },
    ...{ channel_values: values, channel_versions: versions },
  };
  const metadata = { source: 'loop' as const, step, parents: {} };
  await saver.put(at(thread, step > 0 ? step - 1 : undefined, ns), checkpoint, metadata, versions);
}

async function putSteps(saver: Saver, thread: string, steps: number): Promise<void> {
  for (let step = 0; step < steps; step += 1) await put(saver, thread, step, `value ${step}`);
}

const tell = (tuple: CheckpointTuple | undefined) =>
  tuple && [
    tuple.config.configurable,
    tuple.checkpoint.id,
    tuple.checkpoint.channel_values,
    tuple.checkpoint.channel_versions,
    tuple.metadata,
    tuple.parentConfig?.configurable,
    tuple.pendingWrites,
  ];
const latest = async (saver: Saver, thread: string, ns = '') =>
  tell(await saver.getTuple(at(thread, undefined, ns)));

async function listed(
  saver: Saver,
  thread: string | undefined,
  options?: Parameters<Saver['list']>[1],
): Promise<unknown[]> {
  const config = { configurable: thread === undefined ? {} : { thread_id: thread } };
  const tuples = [];
  for await (const tuple of saver.list(config, options)) tuples.push(tell(tuple));
  // In which order threads are listed is promised nowhere.
  return thread === undefined ? tuples.map((tuple) => JSON.stringify(tuple)).sort() : tuples;
}

/** What became of a call, without the words of its error. */
const outcome = (call: Promise<unknown>) =>
  call.then(
    () => 'resolved',
    () => 'rejected',
  );

const alike = ['a', 'A', ' a', 'a ', '../a', 'é', 'e\u0301', '%61', '%', '*', 'a:b'];
const values = [null, 0, '', false, [], { a: [1, { b: null }] }, 'text', JSON.parse('{"__proto__":1}')];
const tooLong = 'v'.repeat(50_000);

/** What can be done with a checkpointer: every method, with all that a store can get wrong about it. */
export const langgraphUses: readonly Use<RunStore>[] = [
  use('one thread, step after step', async (saver) => {
    const before = [await latest(saver, 't'), await listed(saver, 't')];
    await putSteps(saver, 't', 3);
    return [
      before,
      await latest(saver, 't'),
      tell(await saver.getTuple(at('t', 1))),
      tell(await saver.getTuple(at('t', 7))),
      await listed(saver, 't'),
      await listed(saver, 't', { limit: 1 }),
      await listed(saver, 't', { before: at('t', 2) }),
      await listed(saver, 't', { filter: { step: 1 } }),
    ];
  }),
  use('values of every kind', async (saver) => {
    for (const [step, value] of values.entries()) await put(saver, 't', step, value);
    return listed(saver, 't');
  }),
  use('writes of tasks', async (saver) => {
    await putSteps(saver, 't', 2);
    await saver.putWrites(
      at('t', 1),
      [
        ['a', 1],
        ['b', null],
      ],
      'task-2',
      'path',
    );
    await saver.putWrites(at('t', 1), [['c', { d: [] }]], 'task-1');
    await saver.putWrites(at('t', 0), [['e', 5]], 'task-1');
    return [await latest(saver, 't'), await listed(saver, 't')];
  }),
  use('checkpoint namespaces', async (saver) => {
    await put(saver, 't', 0, 'root');
    await put(saver, 't', 0, 'child', 'child');
    await put(saver, 't', 1, 'grandchild', 'child|x');
    return [await latest(saver, 't'), await latest(saver, 't', 'child'), await listed(saver, undefined)];
  }),
  use('a value that its writer goes on with', async (saver) => {
    const value = { list: [1] };
    const written = put(saver, 't', 0, value);
    await written;
    value.list.push(2);
    const read = (await saver.getTuple(at('t')))?.checkpoint.channel_values['state'];
    (read as { list: number[] } | undefined)?.list.push(3);
    return latest(saver, 't');
  }),
  use('threads that look alike', async (saver) => {
    for (const thread of alike) await put(saver, thread, 0, thread);
    const read = [];
    for (const thread of alike) read.push(await latest(saver, thread), await listed(saver, thread));
    await saver.deleteThread('a');
    return [read, await listed(saver, undefined)];
  }),
  use('threads that are no text', async (saver) => [
    await outcome(put(saver, 'nul\0inside', 0, 1)),
    await outcome(put(saver, '\ud800', 0, 1)),
    await outcome(put(saver, 'i'.repeat(600), 0, 1)),
    await outcome(put(saver, 'nulinside', 0, 2)),
    await listed(saver, undefined),
  ]),
  use('values that are too long', async (saver) => {
    await putSteps(saver, 't', 1);
    const versions = { short: 2, long: 2, other: 2 };
    const checkpoint = {
      ...{ v: 4, id: idOf(1), ts: '2026-01-01T00:00:00.000Z', versions_seen: {} },
      ...{ channel_values: { short: 1, long: tooLong, other: 1 }, channel_versions: versions },
    };
    const metadata = { source: 'loop' as const, step: 1, parents: {} };
    const refused = await outcome(saver.put(at('t', 0), checkpoint, metadata, versions));
    await put(saver, 't', 2, 'after');
    // Its versions name the values of the checkpoint that was refused: nothing of them may be there.
    await saver.put(at('t', 2), { ...checkpoint, id: idOf(3), channel_values: {} }, metadata, {});
    return [refused, await listed(saver, 't')];
  }),
  use('many steps', async (saver) => {
    await putSteps(saver, 't', 700);
    return [await latest(saver, 't'), await listed(saver, 't')];
  }),
  use('many threads', async (saver) => {
    for (let i = 0; i < 330; i += 1) await put(saver, `thread-${i}`, 0, i);
    const before = await listed(saver, undefined);
    for (let i = 0; i < 330; i += 3) await saver.deleteThread(`thread-${i}`);
    return [before, await listed(saver, undefined)];
  }),
  use('a page of threads', async (saver) => {
    for (let i = 0; i < 100; i += 1) await put(saver, `thread-${i}`, 0, i);
    return listed(saver, undefined);
  }),
  use('threads that are deleted', async (saver, another) => {
    for (const thread of ['kept', 'a', 'b']) await putSteps(saver, thread, 2);
    mock.timers.tick(1000);
    await saver.deleteThread('a');
    const first = [await latest(saver, 'a'), await listed(saver, 'a'), await listed(saver, undefined)];
    await another().deleteThread('b');
    await saver.deleteThread('never-was');
    await put(saver, 'a', 0, 'again');
    return [first, await listed(saver, undefined), await latest(another(), 'a')];
  }),
  use('two savers', async (saver, another) => {
    const other = another();
    const seen = [];
    for (let step = 0; step < 6; step += 2) {
      await put(saver, 't', step, step);
      seen.push(await latest(saver, 't'), await latest(other, 't'));
      await put(other, 't', step + 1, step + 1);
      seen.push(await latest(saver, 't'), await listed(other, 't'));
    }
    return seen;
  }),
  use('savers at once', async (saver, another) => {
    const savers = [saver, another(), another(), another()];
    await put(saver, 't', 0, 0);
    await Promise.all(savers.map((each, i) => put(each, 't', i + 1, `value ${i}`)));
    await Promise.all(savers.map((each, i) => put(each, 'new', i, `value ${i}`)));
    return [await listed(saver, 't'), await listed(another(), 'new')];
  }),
  use('reading a thread that is deleted', async (saver, another) => {
    await putSteps(saver, 't', 300);
    const reading = listed(saver, 't').then(
      (tuples) => tuples.length === 300,
      () => true,
    );
    await another().deleteThread('t');
    return [await reading, await listed(saver, 't')];
  }),
  use('listing while threads are deleted', async (saver, another) => {
    for (let i = 0; i < 150; i += 1) await put(saver, `thread-${i}`, 0, i);
    const other = another();
    const seen = new Set<unknown>();
    for await (const { config } of saver.list({ configurable: {} })) {
      if (seen.size < 20) await other.deleteThread(`thread-${149 - seen.size}`);
      seen.add(config.configurable?.['thread_id']);
    }
    return Array.from({ length: 130 }, (_, i) => seen.has(`thread-${i}`));
  }),
];
