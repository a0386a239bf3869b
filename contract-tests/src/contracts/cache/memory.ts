import type { Cache } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { bytesOf, put, read, textOf } from './entries.ts';

/** `text` in the middle of a buffer of `kind` that holds more. */
function amid(buffer: ArrayBuffer | SharedArrayBuffer, text: string): Uint8Array {
  const whole = new Uint8Array(buffer).fill(0x21);
  whole.set(bytesOf(text), 3);
  return whole.subarray(3, 3 + text.length);
}

const text = 'eight by';
const views: readonly (readonly [name: string, view: Uint8Array])[] = [
  ['a view into a larger buffer', amid(new ArrayBuffer(64), text)],
  ['a Buffer of the pool of Node', Buffer.from(text, 'latin1')],
  ['a view into shared memory', amid(new SharedArrayBuffer(64), text)],
  ['a view into a buffer that can grow', amid(new ArrayBuffer(64, { maxByteLength: 128 }), text)],
];

export const memory: CheckGroup<Cache> = {
  id: 'memory',
  title: 'Whose memory it is',
  checks: [
    {
      id: 'cache.memory.views',
      rule: 'The bytes that a view shows are stored, and not what its buffer holds around them',
      anchor: 'Cache.set',
      why: 'small buffers are views into a pool: with it, the bytes of other callers would be stored',
      async run(t) {
        const cache = await t.open();
        for (const [name, view] of views) {
          await cache.set('key', view);
          t.same(await read(cache, 'key'), text, `the value set from ${name}`);
        }
      },
    },
    {
      id: 'cache.memory.taken-at-the-call',
      rule: 'What is stored are the bytes at the time of the call',
      anchor: 'Cache.set',
      why: 'buffers are used again: what is sent later is what the next caller put there',
      async run(t) {
        const cache = await t.open();
        const value = bytesOf('as it was');
        const writing = cache.set('key', value);
        value.fill(0x21);
        await writing;
        t.same(await read(cache, 'key'), 'as it was', 'the value after the array given to set() was changed');
        value.fill(0x22);
        t.same(await read(cache, 'key'), 'as it was', 'the value after the array was changed once more');
      },
    },
    {
      id: 'cache.memory.not-shared',
      rule: 'A value that is given is its caller’s own: changing it changes nothing stored',
      anchor: 'Cache.get',
      why: 'one reader that decrypts in place breaks the entry for all others',
      async run(t) {
        const cache = await t.open();
        await put(cache, 'key', 'as it was');
        const [one, other] = await Promise.all([cache.get('key'), cache.get('key')]);
        one?.fill(0x21);
        t.same(other && textOf(other), 'as it was', 'what another reader was given at the same time');
        t.same(await read(cache, 'key'), 'as it was', 'the value after a reader changed what it was given');
      },
    },
    {
      id: 'cache.memory.of-its-own',
      rule: 'The buffer of a value that is given holds nothing else',
      anchor: 'Cache.get',
      why: 'embeddings are read as `new Float32Array(value.buffer)`, which in a pool gives the bytes of others',
      async run(t) {
        const cache = await t.open();
        for (const length of [0, 1, 8, 3000]) {
          await put(cache, 'key', 'x'.repeat(length));
          const value = await cache.get('key');
          t.same(
            { byteOffset: value?.byteOffset, bufferBytes: value?.buffer.byteLength },
            { byteOffset: 0, bufferBytes: length },
            `where a value of ${length} bytes lies in its buffer`,
          );
        }
      },
    },
  ],
};
