import { readdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeOnnx } from '@aiwork/onnx-format';
import { describe, expect, it } from 'vitest';
import { skippedWithoutOpenvino } from '../src/openvino.fixture.ts';
import {
  linear,
  linearApart,
  linearBin,
  linearIr,
  linearOnnx,
  linearTfLite,
  results,
  rows,
  weightBytes,
} from './models.fixture.ts';
import { savedModels } from './saved-models.fixture.ts';

const why = await skippedWithoutOpenvino();

/** Numbers that look like chance and are the same each time. */
function* chance(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

describe.skipIf(why !== '')(`No file harms the process${why}`, () => {
  const models = savedModels();

  it('that says its weights are at an address', async () => {
    const evil = linearApart({ location: '*/_ORT_MEM_ADDR_/*', offset: 4096, length: 48 });
    const refusal = { code: 'AIWORK_MODEL_UNREADABLE', message: expect.stringContaining('lie in memory') };
    await expect(models.runtime.load({ path: await models.saved('evil.onnx', evil) })).rejects.toMatchObject(
      refusal,
    );
    await expect(models.runtime.load({ model: evil })).rejects.toMatchObject(refusal);
    const weights = new Map([['*/_ORT_MEM_ADDR_/*', weightBytes()]]);
    await expect(models.runtime.load({ model: evil, weights })).rejects.toMatchObject(refusal);
  });

  it.each(['../w.bin', '/etc/hostname', 'sub/../../w.bin'])(
    'that takes its weights from %s',
    async (location) => {
      const refusal = {
        code: 'AIWORK_MODEL_UNREADABLE',
        message: expect.stringContaining('outside its folder'),
      };
      const model = linearApart({ location });
      await expect(
        models.runtime.load({ path: await models.saved('out.onnx', model) }),
      ).rejects.toMatchObject(refusal);
      await expect(models.runtime.load({ model, weightsFolder: models.folder })).rejects.toMatchObject(
        refusal,
      );
    },
  );

  it.each([
    ['behind the end', { offset: 1_000_000, length: 48 }],
    ['longer than there are', { offset: 0, length: 4800 }],
    ['shorter than the tensor', { offset: 0, length: 4 }],
    ['before the beginning', { offset: -48, length: 48 }],
  ])('whose weights lie %s', async (_, at) => {
    await models.saved('w.bin', weightBytes());
    const model = linearApart({ location: 'w.bin', ...at });
    const sources = [
      { path: await models.saved('at.onnx', model) },
      { model, weightsFolder: models.folder },
      { model, weights: new Map([['w.bin', weightBytes()]]) },
    ];
    for (const source of sources) {
      await expect(models.runtime.load(source)).rejects.toMatchObject({ code: 'AIWORK_MODEL_UNREADABLE' });
    }
  });

  it('that has its weights in a file that is shorter than it was', async () => {
    await models.saved('short.bin', weightBytes());
    const path = await models.saved(
      'short.onnx',
      linearApart({ location: 'short.bin', offset: 0, length: 48 }),
    );
    await truncate(join(models.folder, 'short.bin'), 20);
    await expect(models.runtime.load({ path })).rejects.toMatchObject({ code: 'AIWORK_MODEL_UNREADABLE' });
    await models.saved('ir.bin', linearBin().subarray(0, 30));
    await expect(models.runtime.load({ path: await models.saved('ir.xml', linearIr) })).rejects.toMatchObject(
      {
        code: 'AIWORK_MODEL_UNREADABLE',
      },
    );
  });

  it('that is a link to itself, or a folder in a folder', async () => {
    await symlink('loop.onnx', join(models.folder, 'loop.onnx'));
    for (const path of [
      join(models.folder, 'loop.onnx'),
      models.folder,
      join(models.folder, 'none', 'model.onnx'),
    ]) {
      await expect(models.runtime.load({ path })).rejects.toMatchObject({ code: 'AIWORK_MODEL_UNREADABLE' });
    }
  });

  // The engine writes to standard error what it thinks of damaged graphs of TensorFlow, so those are left out.
  it('that is damaged', { timeout: 120_000 }, async () => {
    const random = chance(20261121);
    const next = (below: number): number => Math.floor((random.next().value ?? 0) * below);
    const formats = [linearOnnx(), Buffer.from(linearIr), await linearTfLite()];
    const weights = new Map([['w.bin', linearBin()]]);
    let refused = 0;
    for (let round = 0; round < 40; round += 1) {
      for (const bytes of formats) {
        const damaged = Uint8Array.from(bytes);
        for (let change = 0; change < 2; change += 1) damaged[next(damaged.byteLength)] = next(256);
        const cut = damaged.subarray(0, round % 3 === 0 ? next(damaged.byteLength) : damaged.byteLength);
        await models.runtime.load({ model: cut, weights }).then(
          async (model) => {
            await model.infer({ [model.inputs[0]?.name ?? '']: rows }).catch(() => {});
            await model.close();
          },
          (error: unknown) => {
            refused += 1;
            expect(error).toMatchObject({ code: expect.stringMatching(/^AIWORK_/) });
          },
        );
      }
    }
    expect(refused).toBeGreaterThan(40);
    await using model = await models.runtime.load({ model: linearOnnx() });
    expect((await model.infer({ x: rows }))['y']?.data).toEqual(Float32Array.from(results));
  });

  it('that is damaged in the cache of compiled models', async () => {
    const cacheDir = join(models.folder, 'compiled');
    const compiled = async (): Promise<void> => {
      await using model = await models.runtime.load({ model: linearOnnx() }, { cacheDir });
      expect((await model.infer({ x: rows }))['y']?.data).toEqual(Float32Array.from(results));
    };
    await compiled();
    const [blob] = (await readdir(cacheDir)).filter((name) => name.endsWith('.blob'));
    expect(blob).toBeDefined();
    const file = join(cacheDir, blob ?? '');
    for (const content of [new Uint8Array(0), Buffer.from('nonsense'.repeat(200))]) {
      await writeFile(file, content);
      await compiled();
    }
  });

  it('however deep its graph is', { timeout: 120_000 }, async () => {
    const depth = 1000;
    const nodes = Array.from({ length: depth }, (_, n) => ({
      operator: 'Relu',
      name: `n${n}`,
      inputs: [n === 0 ? 'x' : `v${n}`],
      outputs: [n === depth - 1 ? 'y' : `v${n + 1}`],
    }));
    const { initializers: _, ...rest } = linear;
    const outputs = [{ name: 'y', type: 'float32', shape: ['batch', 4] }] as const;
    await using model = await models.runtime.load({ model: writeOnnx({ ...rest, outputs, nodes }) });
    expect((await model.infer({ x: rows }))['y']?.data).toEqual(rows.data);
  });
});
