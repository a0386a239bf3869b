import { join } from 'node:path';
import type { ModelRuntime } from '@aiwork/core';
import { writeOnnx } from '@aiwork/onnx-format';
import type { Check, CheckGroup } from '../../engine/contract.ts';
import { inFolder, infersLayer, withOnnx } from './loaded.ts';
import { inMemory, layer, layerApart, negateAny, passOn, sum, weightsFile } from './models.ts';

const common = { anchor: 'ModelSource', when: withOnnx } satisfies Partial<Check<ModelRuntime>>;

export const loading: CheckGroup<ModelRuntime> = {
  id: 'loading',
  title: 'Loading',
  checks: [
    {
      ...common,
      id: 'model-runtime.loading.described',
      rule: 'Inputs and outputs are described: names, types, sizes that are fixed, dimensions that may vary',
      anchor: 'TensorInfo',
      why: 'who makes the inputs of a model cannot know what it takes',
      async run(t) {
        const runtime = await t.open();
        // Not every engine keeps the names of dimensions.
        const described = ({ inputs, outputs }: Pick<typeof sum, 'inputs' | 'outputs'>) =>
          [...inputs, ...outputs].map(({ name, type, shape }) => ({
            name,
            type,
            shape: shape?.map((size) => (typeof size === 'string' ? 'varies' : size)),
          }));
        const models = [sum, passOn('float32', []), passOn('int64', [3, '?', 0]), negateAny];
        for (const model of models) {
          await using loaded = await runtime.load(inMemory(model));
          t.same(described(loaded), described(model), 'what a model takes and gives');
        }
      },
    },
    {
      ...common,
      id: 'model-runtime.loading.path',
      rule: 'A model is loaded from a file',
      why: 'nothing else can be loaded that is larger than memory',
      async run(t) {
        const runtime = await t.open();
        await inFolder({ 'ü model.onnx': writeOnnx(layer) }, async (folder) => {
          await using model = await runtime.load({ path: join(folder, 'ü model.onnx') });
          await infersLayer(model, 'the output of a model that was loaded from a file');
        });
      },
    },
    {
      ...common,
      id: 'model-runtime.loading.bytes',
      rule: 'A model is loaded from bytes, which are those that are shown, and stay the caller’s',
      why: 'a model that was fetched or made would have to be written to a file first',
      async run(t) {
        const runtime = await t.open();
        const bytes = writeOnnx(layer);
        const around = new Uint8Array(bytes.byteLength + 200).fill(0xff);
        around.set(bytes, 100);
        const model = around.subarray(100, 100 + bytes.byteLength);
        await using loaded = await runtime.load({ model });
        t.same(model.byteLength, bytes.byteLength, 'the length of the bytes after load()');
        t.that(Buffer.compare(model, bytes) === 0, 'the bytes to be unchanged after load()', model);
        model.fill(0);
        await infersLayer(loaded, 'the output of a model whose bytes were overwritten after load()');
        const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
        shared.set(bytes);
        await using fromShared = await runtime.load({ model: shared });
        await infersLayer(fromShared, 'the output of a model from shared memory');
      },
    },
    {
      ...common,
      id: 'model-runtime.loading.weights-apart',
      rule: 'Weights that are apart are taken from `weights`, from `weightsFolder`, or from beside the file',
      why: 'models of more than 2 GiB have their weights apart, and so have those that are made in memory',
      async run(t) {
        const runtime = await t.open();
        const { model } = inMemory(layerApart);
        const file = weightsFile();
        const shared = new Uint8Array(new SharedArrayBuffer(file.byteLength));
        shared.set(file);
        for (const [from, bytes] of Object.entries({ memory: file, 'shared memory': shared })) {
          await using loaded = await runtime.load({ model, weights: new Map([['weights.bin', bytes]]) });
          await infersLayer(loaded, `the output of a model with its weights from ${from}`);
        }
        await inFolder({ 'weights.bin': file, 'model.onnx': model }, async (folder) => {
          await using fromFolder = await runtime.load({ model, weightsFolder: folder });
          await infersLayer(fromFolder, 'the output of a model with its weights from a folder');
          await using beside = await runtime.load({ path: join(folder, 'model.onnx') });
          await infersLayer(beside, 'the output of a model with its weights beside its file');
        });
      },
    },
    {
      ...common,
      id: 'model-runtime.loading.weights-missing',
      rule: 'A model whose weights are not given, or are too short, is refused',
      why: 'a model with weights of another kind gives answers, and wrong ones',
      async run(t) {
        const runtime = await t.open();
        const { model } = inMemory(layerApart);
        const short = weightsFile().subarray(0, 40);
        const sources = {
          'no weights': { model },
          'weights of another name': { model, weights: new Map([['other.bin', weightsFile()]]) },
          'weights that are too short': { model, weights: new Map([['weights.bin', short]]) },
        };
        for (const [what, source] of Object.entries(sources)) {
          await t.refuses(() => runtime.load(source), `load() with ${what}`, {
            code: 'AIWORK_MODEL_UNREADABLE',
          });
        }
      },
    },
    {
      ...common,
      id: 'model-runtime.loading.several',
      rule: 'Several models are open at once, each by itself',
      anchor: 'ModelRuntime.load',
      why: 'who embeds and ranks needs two; closing one must not take the other along',
      async run(t) {
        const runtime = await t.open();
        const [first, second] = await Promise.all([
          runtime.load(inMemory(layer)),
          runtime.load(inMemory(layer)),
        ]);
        await infersLayer(first, 'the output of the first model');
        await first.close();
        await infersLayer(second, 'the output of a model beside one that was closed');
      },
    },
  ],
};
