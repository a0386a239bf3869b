import { readdir, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AiworkError } from '@aiwork/core';
import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/model-folder.fixture.ts';
import { modelTensor } from '../model-tensor.ts';
import { smallSpec } from '../small-spec.fixture.ts';
import { partsOfBytes } from './file-parts.ts';
import type { ModelHeader } from './model-format.ts';
import { openMapped } from './open-mapped.ts';
import { openModel } from './open-model.ts';
import { readRows } from './read-rows.ts';
import { modelFileBytes } from './write-model.ts';

const header: ModelHeader = {
  id: 'tested',
  spec: { ...smallSpec, prompts: { query: 'query: ' } },
  provenance: { source: 'a test', sha256: { 'model.safetensors': 'f00' }, precision: 'fp16' },
};

const tensors = [
  modelTensor('floats', [3], Float32Array.of(1, -0, NaN)),
  modelTensor('halves', [1, 5], Uint16Array.of(1, 2, 3, 4, 5)),
  modelTensor('steps', [2, 1], Int8Array.of(-127, 127)),
  modelTensor('zero', [], Uint8Array.of(200)),
  modelTensor(
    'more',
    [40],
    Float32Array.from({ length: 40 }, (_, i) => i / 3),
  ),
];

async function written(changes: Partial<ModelHeader> = {}): Promise<Buffer> {
  const contents = { header: { ...header, ...changes }, tokenizer: '{"model":"ü"}', tensors };
  return Buffer.concat(await Array.fromAsync(modelFileBytes(contents)));
}

async function open(bytes: Uint8Array) {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'model.arrow');
  await writeFile(path, bytes);
  return await openModel(path);
}

async function outcomeOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return error;
  }
}

const rowsOf = (bytes: Uint8Array) =>
  readRows({ parts: partsOfBytes(bytes), path: 'm.arrow', signal: undefined });

describe('a model file', () => {
  it('gives back what was written', async () => {
    const model = await open(await written());
    expect(model).toMatchObject(header);
    expect(model.tokenizer).toBe('{"model":"ü"}');
    expect([...model.tensors.values()]).toEqual(tensors.map(({ bytes: _, ...info }) => info));
    for (const { name, bytes } of tensors) expect([...model.tensor(name)], name).toEqual([...bytes]);
  });

  it('has every tensor where it can be mapped, in memory that threads share', async () => {
    const model = await open(await written());
    for (const { name } of tensors) expect(model.tensor(name).byteOffset % 64, name).toBe(0);
    expect(model.tensor('floats').buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('is the same bytes from the same model', async () => {
    expect(await written()).toEqual(await written());
  });

  it('is a table for whoever reads Arrow', async () => {
    const table = tableFromIPC(await written());
    expect([...(table.getChild('name') ?? [])]).toEqual([
      'tokenizer.json',
      ...tensors.map(({ name }) => name),
    ]);
    expect(table.schema.metadata.get('aiwork.embedding-model')).toBe('1');
  });

  it('is refused when any byte of a tensor changed, by name', async () => {
    const bytes = await written();
    const { tensors: _, tensor } = await open(bytes);
    const at = tensor('more').byteOffset + 17;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await expect(open(bytes)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_UNREADABLE',
      message: expect.stringContaining('is damaged: more is not what was written'),
    });
  });

  it('is refused wherever it is cut off', async () => {
    const bytes = await written();
    for (let end = 0; end < bytes.byteLength; end += 61) {
      await expect(open(bytes.subarray(0, end)), `after ${end} bytes`).rejects.toMatchObject({
        code: 'AIWORK_MODEL_UNREADABLE',
      });
    }
  });

  it('comes to an end, and says why it is refused, whatever any four of its bytes say', async () => {
    const bytes = await written();
    let refused = 0;
    for (const value of [2 ** 31 - 1, -64]) {
      for (let at = 0; at <= bytes.byteLength - 4; at += 3) {
        const before = bytes.readInt32LE(at);
        bytes.writeInt32LE(value, at);
        const outcome = await outcomeOf(() => rowsOf(bytes));
        bytes.writeInt32LE(before, at);
        if (!(outcome instanceof Error)) continue;
        refused += 1;
        // Compared here, since so many expectations would take longer than the work.
        if (AiworkError.isInstance(outcome) && outcome.code === 'AIWORK_MODEL_UNREADABLE') continue;
        throw new Error(`${value} at byte ${at}`, { cause: outcome });
      }
    }
    expect(refused).toBeGreaterThan(500);
    expect((await rowsOf(bytes)).rows).toHaveLength(1 + tensors.length);
  });

  it('of another version, or of no model, says so', async () => {
    const bytes = (await written()).toString('latin1');
    const other = (from: string, to: string) => Buffer.from(bytes.replaceAll(from, to), 'latin1');
    await expect(open(other('aiwork.embedding-model', 'aiwork.embedding-zebra'))).rejects.toThrow(
      'is an Arrow file, but of no embedding model',
    );
    await expect(open(other('"hidden":4', '"hidden":0'))).rejects.toThrow('hidden');
    await expect(openModel('/no/such/file.arrow')).rejects.toMatchObject({ code: 'AIWORK_MODEL_UNREADABLE' });
  });

  it('has no tensor that is longer than its offsets reach', async () => {
    const huge = modelTensor('huge', [2 ** 31], new Uint8Array(2 ** 31));
    const writing = Array.fromAsync(modelFileBytes({ header, tokenizer: '{}', tensors: [huge] }));
    await expect(writing).rejects.toMatchObject({
      code: 'AIWORK_MODEL_UNSUPPORTED',
      message: expect.stringContaining('huge has 2147483648 bytes'),
    });
  });

  it('is not read on when its signal fires', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'model.arrow');
    await writeFile(path, await written());
    const reason = new Error('enough');
    await expect(openModel(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

/** Of the files that this process has open. */
async function openPaths(): Promise<readonly string[]> {
  const handles = await readdir('/proc/self/fd');
  // Others come and go meanwhile.
  return Promise.all(handles.map((handle) => readlink(join('/proc/self/fd', handle)).catch(() => '')));
}

it('a model file that is read no further is not called damaged', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  const parts = partsOfBytes(await written());
  const read = async () => {
    abort.abort(reason);
    throw reason;
  };
  const { signal } = abort;
  await expect(readRows({ parts: { ...parts, read }, path: 'm.arrow', signal })).rejects.toBe(reason);
});

describe('openMapped', () => {
  it('finds what openModel finds, and compares tensors when it is asked to', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'model.arrow');
    const bytes = await written();
    await writeFile(path, bytes);
    const whole = await openModel(path);
    {
      await using mapped = await openMapped(path, {});
      expect(mapped).toMatchObject({ ...header, tokenizer: whole.tokenizer });
      await mapped.check();
    }
    const at = whole.tensor('more').byteOffset + 17;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(path, bytes);
    await using damaged = await openMapped(path, {});
    await expect(damaged.check()).rejects.toThrow(`${path} is damaged: more is not what was written`);
  });

  it.skipIf(process.platform !== 'linux')('closes a file that it refuses', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'model.arrow');
    await writeFile(path, 'no model');
    await expect(openMapped(path, {})).rejects.toMatchObject({ code: 'AIWORK_MODEL_UNREADABLE' });
    expect(await openPaths()).not.toContain(path);
  });
});
