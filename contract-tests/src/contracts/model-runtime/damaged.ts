import { join } from 'node:path';
import type { ModelRuntime } from '@aiwork/core';
import { writeOnnx } from '@aiwork/onnx-format';
import type { Check, CheckGroup } from '../../engine/contract.ts';
import { inFolder, infersLayer, withOnnx } from './loaded.ts';
import { floats, inMemory, layer, unknownOperation } from './models.ts';

const common = { anchor: 'ModelRuntime.load', when: withOnnx } satisfies Partial<Check<ModelRuntime>>;

/** So many damaged files are loaded at once. */
const atOnce = 4;
const corruptedFiles = 24;

async function inGroups<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += atOnce) {
    await Promise.all(items.slice(start, start + atOnce).map(work));
  }
}

export const damaged: CheckGroup<ModelRuntime> = {
  id: 'damaged',
  title: 'Files that cannot be loaded',
  checks: [
    {
      ...common,
      id: 'model-runtime.damaged.no-model',
      rule: 'What is not there, is empty, is no file or no model is refused',
      why: 'a wrong path is the most common mistake of all',
      async run(t) {
        const runtime = await t.open();
        const refusal = { code: 'AIWORK_MODEL_UNREADABLE' } as const;
        await inFolder({ 'text.onnx': Buffer.from('not a model, but text\n') }, async (folder) => {
          for (const path of [join(folder, 'none.onnx'), folder, join(folder, 'text.onnx')]) {
            const error = await t.refuses(
              () => runtime.load({ path }),
              'load() of a path without a model',
              refusal,
            );
            t.that(error.message.includes(path), 'the message to name the path', error.message);
          }
        });
        const noise = Uint8Array.from({ length: 500 }, () => t.random.integer(0, 255));
        for (const model of [new Uint8Array(0), new Uint8Array(64), noise]) {
          await t.refuses(() => runtime.load({ model }), 'load() of bytes that are no model', refusal);
        }
        await infersLayer(await runtime.load(inMemory(layer)), 'the output of a model after all those');
      },
    },
    {
      ...common,
      id: 'model-runtime.damaged.no-source',
      rule: 'What is no source of a model is refused',
      why: 'a path that is undefined must not reach a native library',
      async run(t) {
        const runtime = await t.open();
        const { model } = inMemory(layer);
        const sources = [
          undefined,
          {},
          { path: 7 },
          { path: '' },
          { model: 'model.onnx' },
          { model, weights: new Map([['w', 'weights']]) },
        ] as never[];
        for (const source of sources) {
          await t.refuses(() => runtime.load(source), 'load() of what is no source', {
            code: 'AIWORK_INVALID_ARGUMENT',
          });
        }
      },
    },
    {
      ...common,
      id: 'model-runtime.damaged.cut-off',
      rule: 'A file that is cut off is refused, wherever it is',
      why: 'a download that broke off would give answers that are wrong, or end the process',
      async run(t) {
        const runtime = await t.open();
        const bytes = writeOnnx(layer);
        await inGroups([...bytes.keys()], async (end) => {
          await t.refuses(
            () => runtime.load({ model: bytes.slice(0, end) }),
            `load() of ${end} bytes of ${bytes.byteLength}`,
            { code: 'AIWORK_MODEL_UNREADABLE' },
          );
        });
        await infersLayer(await runtime.load({ model: bytes }), 'the output of a model after all those');
      },
    },
    {
      ...common,
      id: 'model-runtime.damaged.corrupted',
      rule: 'A damaged file is refused, or loaded as what it has become; other models go on',
      anchor: 'ModelRuntime',
      why: 'one bad file would end the process, and with it all that it does besides',
      async run(t) {
        const runtime = await t.open();
        const bytes = writeOnnx(layer);
        await using beside = await runtime.load({ model: bytes });
        await inGroups(Array.from({ length: corruptedFiles }), async () => {
          const model = Uint8Array.from(bytes);
          for (let change = 0; change < 3; change += 1) {
            model[t.random.integer(0, model.byteLength - 1)] = t.random.integer(0, 255);
          }
          const loaded = await runtime.load({ model }).catch(async (error: unknown) => {
            await t.refuses(() => Promise.reject(error), 'load() of a damaged model');
          });
          const ended = loaded?.infer({ x: floats([1, 4], 1, 2, 3, 4) });
          await ended?.catch((error: unknown) =>
            t.refuses(() => Promise.reject(error), 'infer() of a damaged model', { notApplied: false }),
          );
          await loaded?.close();
        });
        await infersLayer(beside, 'the output of a model beside damaged ones');
      },
    },
    {
      ...common,
      id: 'model-runtime.damaged.unknown-operation',
      rule: 'A model with an operation that the engine does not know is refused, and the operation is named',
      why: 'nobody can tell a model that is too new from a file that is broken',
      async run(t) {
        const runtime = await t.open();
        for (const domain of ['', 'no.such.domain']) {
          const error = await t.refuses(
            () => runtime.load(inMemory(unknownOperation(domain))),
            'load() of a model with an unknown operation',
            { code: 'AIWORK_UNKNOWN_OPERATOR' },
          );
          t.that(error.message.includes('Frobnicate'), 'the message to name the operation', error.message);
        }
      },
    },
  ],
};
