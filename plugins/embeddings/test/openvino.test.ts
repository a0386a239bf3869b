import { join } from 'node:path';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { createOpenvinoRuntime, installOpenvino } from '@aiwork/openvino';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { convertModel } from '../src/model/convert-model.ts';
import { openModel } from '../src/model/file/open-model.ts';
import { modelFolder } from './model-folder.fixture.ts';
import { embedBatch, expectedOf, furthest } from './reference.fixture.ts';

vi.setConfig({ testTimeout: 120_000 });

/** The OpenVINO of this machine, or else the one that is fetched into its cache. */
async function openvino() {
  try {
    return { library: (await installOpenvino()).library };
  } catch (error) {
    if (process.env['CI']) throw error;
    return { missing: `OpenVINO cannot be fetched: ${String(error)}` };
  }
}

const found = await openvino();
const missing = 'missing' in found ? found.missing : undefined;
const runtime = 'library' in found ? await createOpenvinoRuntime({ library: found.library }) : undefined;
const onnx = createOnnxRuntime();
afterAll(async () => {
  await runtime?.close();
  await onnx.close();
});

describe.skipIf(!runtime)(
  `on OpenVINO${missing === undefined ? '' : `, which is not there: ${missing}`}`,
  () => {
    const load = (source: Parameters<typeof onnx.load>[0]) => {
      if (!runtime) throw new Error(missing);
      return runtime.load(source);
    };

    it.each([
      ['bert', 'mean'],
      ['roberta', 'cls'],
      ['mpnet', 'max'],
    ] as const)('a file of %s computes what PyTorch computes', async (kind, pooling) => {
      await using folder = await modelFolder(kind, { pooling });
      const path = join(folder.path, 'model.arrow');
      await convertModel({ from: folder.path, path });
      const expected = await expectedOf(kind);
      for (const from of ['file', 'memory'] as const) {
        await using loaded = await load((await openModel(path)).source(from));
        const vectors = await embedBatch(loaded, expected.ids);
        expect(furthest(vectors, expected[pooling]), from).toBeLessThan(2e-5);
      }
    });

    it.each([
      ['bert', 'max', 'fp32', 2e-5],
      ['roberta', 'mean', 'fp16', 2e-2],
      ['mpnet', 'cls', 'fp32', 2e-5],
    ] as const)(
      '%s in its own format computes what PyTorch computes',
      async (kind, pooling, precision, most) => {
        await using folder = await modelFolder(kind, { pooling });
        const path = join(folder.path, 'ir');
        const { files } = await convertModel({ from: folder.path, path, to: 'openvino', precision });
        expect(files.at(-1)?.path).toBe(join(path, 'model.xml'));
        const expected = await expectedOf(kind);
        await using loaded = await load({ path: join(path, 'model.xml') });
        expect(loaded.inputs.map(({ name }) => name)).toEqual(['input_ids', 'attention_mask']);
        expect(furthest(await embedBatch(loaded, expected.ids), expected[pooling])).toBeLessThan(most);
      },
    );

    it('a quantized model computes what it computes on ONNX Runtime', async () => {
      await using folder = await modelFolder('bert', { normalized: true });
      const texts = Array.from({ length: 16 }, (_, i) => `w${4 + i} w${20 + i} w${36 + i}`);
      const quantized = {
        from: folder.path,
        precision: 'int8',
        quantization: { runtime: onnx, texts, minCosine: 0 },
      } as const;
      const [arrow, ir] = [join(folder.path, 'model.arrow'), join(folder.path, 'ir')];
      await convertModel({ ...quantized, path: arrow });
      await convertModel({ ...quantized, path: ir, to: 'openvino' });
      const { ids } = await expectedOf('bert');
      await using reference = await onnx.load((await openModel(arrow)).source('file'));
      const expected = await embedBatch(reference, ids);
      for (const source of [(await openModel(arrow)).source('file'), { path: join(ir, 'model.xml') }]) {
        await using loaded = await load(source);
        expect(furthest(await embedBatch(loaded, ids), expected)).toBeLessThan(0.02);
      }
    });
  },
);
