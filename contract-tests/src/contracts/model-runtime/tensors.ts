import type { ModelRuntime, Tensor, TensorType } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { sameTensor } from './agrees-with.ts';
import { exactly, infersLayer, withOnnx } from './loaded.ts';
import { floats, inMemory, layer, negateAny, passOn, sum } from './models.ts';

/** The least and the greatest of each type, and what is easily taken for something else. */
const extremes: readonly Tensor[] = [
  {
    type: 'float32',
    shape: [5],
    data: Float32Array.of(-0, Number.NaN, Infinity, 2 ** -126, 3.4028234663852886e38),
  },
  { type: 'float64', shape: [4], data: Float64Array.of(-0, 0.1, Number.MAX_VALUE, -Infinity) },
  { type: 'float16', shape: [4], data: Uint16Array.of(0x3c00, 0x7c00, 0xfbff, 0x0400) },
  { type: 'bfloat16', shape: [4], data: Uint16Array.of(0x3f80, 0x7f80, 0xff7f, 0x0080) },
  { type: 'int64', shape: [3], data: BigInt64Array.of(-(2n ** 63n), -1n, 2n ** 63n - 1n) },
  { type: 'int32', shape: [3], data: Int32Array.of(-(2 ** 31), -1, 2 ** 31 - 1) },
  { type: 'int16', shape: [3], data: Int16Array.of(-32768, -1, 32767) },
  { type: 'int8', shape: [3], data: Int8Array.of(-128, -1, 127) },
  { type: 'uint64', shape: [2], data: BigUint64Array.of(0n, 2n ** 64n - 1n) },
  { type: 'uint32', shape: [2], data: Uint32Array.of(0, 2 ** 32 - 1) },
  { type: 'uint16', shape: [2], data: Uint16Array.of(0, 65535) },
  { type: 'uint8', shape: [2], data: Uint8Array.of(0, 255) },
  { type: 'bool', shape: [3], data: Uint8Array.of(0, 1, 1) },
  { type: 'string', shape: [4], data: ['', 'Zürich', '🜁 雨', ' spaced\n'] },
];

/** The same types, with what 32 bits hold. */
const narrow: Partial<Record<TensorType, Tensor>> = {
  float64: { type: 'float64', shape: [3], data: Float64Array.of(-0, 0.5, -1e6) },
  int64: { type: 'int64', shape: [3], data: BigInt64Array.of(-(2n ** 31n), -1n, 2n ** 31n - 1n) },
  uint64: { type: 'uint64', shape: [2], data: BigUint64Array.of(0n, 2n ** 31n - 1n) },
};

export const tensors: CheckGroup<ModelRuntime> = {
  id: 'tensors',
  title: 'Tensors',
  checks: [
    {
      id: 'model-runtime.tensors.every-type',
      rule: 'Elements of every declared type come through unchanged, and a model of another type is refused',
      anchor: 'ModelRuntimeCapabilities.types',
      why: 'ids that lose their upper half, and signs that are read as numbers, are wrong in silence',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        const { types, computes64Bit } = t.capabilities;
        for (const extreme of extremes) {
          const { type } = extreme;
          const source = inMemory(passOn(type, ['n']));
          if (!types.includes(type)) {
            await t.refuses(() => runtime.load(source), `load() of a model of ${type}`, {
              code: 'AIWORK_UNSUPPORTED_CAPABILITY',
            });
            continue;
          }
          const x = computes64Bit ? extreme : (narrow[type] ?? extreme);
          await using model = await runtime.load(source);
          const { y } = await model.infer({ x });
          sameTensor(y, x, exactly, `${type} that was passed on`);
          t.same(y?.data.constructor.name, x.data.constructor.name, `what holds the elements of ${type}`);
        }
      },
    },
    {
      id: 'model-runtime.tensors.whole-strings',
      rule: 'A string is carried whole, or refused',
      anchor: 'TensorData',
      why: 'native libraries end strings where a zero is, and what comes after is lost',
      when: ({ formats, types }) =>
        formats.includes('onnx') && types.includes('string') ? true : 'it carries no strings',
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(inMemory(passOn('string', ['n'])));
        const x = { type: 'string', shape: [1], data: ['before\0after'] } as const;
        const given = await model.infer({ x }).catch(async (error: unknown) => {
          await t.refuses(() => Promise.reject(error), 'a string with a zero in it', {
            code: 'AIWORK_TENSOR_TYPE',
          });
        });
        if (given) sameTensor(given['y'], x, exactly, 'a string with a zero in it');
      },
    },
    {
      id: 'model-runtime.tensors.shapes',
      rule: 'Scalars, tensors without elements and dimensions that vary from call to call come through',
      anchor: 'TensorInfo.shape',
      why: 'the last batch of a list has another size, and may have none',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        await using scalar = await runtime.load(inMemory(passOn('float32', [])));
        const { y: one } = await scalar.infer({ x: floats([], 7) });
        sameTensor(one, floats([], 7), exactly, 'a scalar that was passed on');
        await using model = await runtime.load(inMemory(layer));
        for (const rows of [3, 1, 0, 17, 0, 2]) {
          const ns = Array.from({ length: rows }, (_, n) => n);
          await infersLayer(model, `the output of ${rows} rows`, ns);
        }
        await using any = await runtime.load(inMemory(negateAny));
        for (const shape of [[], [2], [1, 2, 1], [0, 3]]) {
          const elements = Array.from(
            { length: shape.reduce((all, size) => all * size, 1) },
            (_, n) => n + 1,
          );
          const { y } = await any.infer({ x: floats(shape, ...elements) });
          sameTensor(y, floats(shape, ...elements.map((x) => -x)), exactly, `the negation of [${shape}]`);
        }
      },
    },
    {
      id: 'model-runtime.tensors.views',
      rule: 'The elements of an input are those that its array shows, and not what its buffer holds around them',
      anchor: 'LoadedModel.infer',
      why: 'tensors are slices of larger memory everywhere',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(inMemory(passOn('float32', ['n'])));
        const memory = Float32Array.of(9, 9, 1, 2, 9, 9);
        const x: Tensor = { type: 'float32', shape: [2], data: memory.subarray(2, 4) };
        for (const transfer of [false, true]) {
          const { y } = await model.infer({ x }, { transfer });
          sameTensor(y, floats([2], 1, 2), exactly, 'a part of a larger array that was passed on');
        }
        t.same(memory, Float32Array.of(9, 9, 1, 2, 9, 9), 'the array of which a part was given');
        const shared = new Float32Array(new SharedArrayBuffer(8));
        shared.set([3, 4]);
        const { y } = await model.infer({ x: { type: 'float32', shape: [2], data: shared } });
        sameTensor(y, floats([2], 3, 4), exactly, 'an input from shared memory');
      },
    },
    {
      id: 'model-runtime.tensors.inputs-stay',
      rule: 'Inputs are read before `infer` gives its promise, and stay the caller’s',
      anchor: 'InferOptions.transfer',
      why: 'buffers are used again for the next batch',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(inMemory(passOn('float32', ['n'])), { streams: 1 });
        const data = Float32Array.of(1, 2);
        // Some of them wait while others are under way.
        const calls = Array.from({ length: 6 }, (_, n) => {
          data.fill(n);
          return model.infer({ x: { type: 'float32', shape: [2], data } });
        });
        data.fill(-1);
        for (const [n, { y }] of (await Promise.all(calls)).entries()) {
          sameTensor(
            y,
            floats([2], n, n),
            exactly,
            'the output for an input that was overwritten after the call',
          );
        }
        t.same(data, Float32Array.of(-1, -1), 'an input after its inference');
      },
    },
    {
      id: 'model-runtime.tensors.given-away',
      rule: 'Inputs that are given away are inferred from as any other, also one that is given twice',
      anchor: 'InferOptions.transfer',
      why: 'what saves a copy must not change an answer',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(inMemory(sum));
        const x = floats([1, 2], 4, 5);
        const { sum: once } = await model.infer({ a: floats([1, 2], 1, 1), b: x }, { transfer: true });
        sameTensor(once, floats([1, 2], 5, 6), exactly, 'the sum of inputs that were given away');
        const both = floats([1, 2], 4, 5);
        const { sum: twice } = await model.infer({ a: both, b: both }, { transfer: true });
        sameTensor(twice, floats([1, 2], 8, 10), exactly, 'the sum of one input that was given away twice');
      },
    },
    {
      id: 'model-runtime.tensors.own-memory',
      rule: 'Outputs share memory with nothing: no input, no other output, no later call',
      anchor: 'LoadedModel.infer',
      why: 'vectors that are kept turn into those of another text',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(inMemory(passOn('float32', ['n'])));
        const x = floats([2], 1, 2);
        const first = await model.infer({ x });
        const kept = first['again']?.data;
        if (first['y']?.type === 'float32') first['y'].data.fill(-1);
        t.same(kept, Float32Array.of(1, 2), 'an output after another one was overwritten');
        t.same(x.data, Float32Array.of(1, 2), 'an input after an output was overwritten');
        x.data.fill(5);
        const { y } = await model.infer({ x });
        t.same(kept, Float32Array.of(1, 2), 'an output after the next inference');
        const buffer = y?.type === 'float32' ? y.data.buffer.byteLength : undefined;
        t.same(buffer, 8, 'the bytes that the buffer of an output of 8 bytes holds');
      },
    },
  ],
};
