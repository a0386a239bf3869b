import { AiworkError, type ModelRuntime, type Tensor } from '@aiwork/core';
import type { Saboteur } from '../saboteur.ts';
import { yieldTurns } from '../saboteur.ts';
import { inModels, madeOf } from './reference.ts';
import { correctParts, type RuntimeParts } from './reference-runtime.ts';

const { capabilities, operations, taken, model } = correctParts;

const catches = (name: string, message: string) => [{ check: `model-runtime.tensors.${name}`, message }];

/** Each input is taken in another way. */
const taking = (take: (tensor: Tensor) => Tensor) =>
  madeOf({ taken: (tensor, options) => take(taken(tensor, options)) });

/** All outputs are given in another way. */
const giving = (give: (tensor: Tensor) => Tensor) =>
  madeOf({
    given: (outputs) =>
      Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, give(tensor)])),
  });

const passing = (pass: (tensor: Tensor) => Tensor): Partial<RuntimeParts> => ({
  operations: { ...operations, Identity: ([x]) => pass(x as Tensor) },
});

export const tensorSaboteurs: readonly Saboteur<ModelRuntime>[] = [
  {
    id: 'integers-as-doubles',
    breaks: 'Computes 64-bit integers as doubles',
    caughtBy: catches('every-type', 'of int64 that was passed on'),
    sabotage: taking((tensor) =>
      tensor.type === 'int64'
        ? { ...tensor, data: tensor.data.map((element) => BigInt(Number(element)) - 1n) }
        : tensor,
    ),
  },
  {
    id: 'truth-as-all-bits',
    breaks: 'Gives booleans as 0 and 255',
    caughtBy: catches('every-type', 'of bool that was passed on'),
    sabotage: giving((tensor) =>
      tensor.type === 'bool' ? { ...tensor, data: tensor.data.map((bit) => 255 * bit) } : tensor,
    ),
  },
  {
    id: 'loses-the-sign-of-zero',
    breaks: 'Makes 0 of -0',
    caughtBy: catches('every-type', 'element 0 of float32 that was passed on to be 0'),
    sabotage: giving((tensor) =>
      tensor.type === 'float32' ? { ...tensor, data: tensor.data.map((x) => x + 0) } : tensor,
    ),
  },
  {
    id: 'carries-what-it-does-not-declare',
    breaks: 'Loads a model of a type that it does not declare',
    caughtBy: catches('every-type', 'load() of a model of float16 to be refused'),
    sabotage: madeOf({
      model(file, source) {
        try {
          return model(file, source);
        } catch (error) {
          if (!(error instanceof AiworkError) || error.code !== 'AIWORK_UNSUPPORTED_CAPABILITY') throw error;
          return { opsets: { '': 17 }, inputs: [], outputs: [], nodes: [] };
        }
      },
    }),
  },
  {
    id: 'ends-at-zero',
    breaks: 'Ends strings at the first zero',
    caughtBy: catches('whole-strings', 'of a string with a zero in it to be'),
    sabotage: taking((tensor) =>
      tensor.type === 'string'
        ? { ...tensor, data: tensor.data.map((text) => text.split('\0', 1)[0] ?? '') }
        : tensor,
    ),
  },
  {
    id: 'scalars-as-lists',
    breaks: 'Gives a scalar as a list of one',
    caughtBy: catches('shapes', 'a scalar that was passed on to be float32 []'),
    sabotage: giving((tensor) => (tensor.shape.length === 0 ? { ...tensor, shape: [1] } : tensor)),
  },
  {
    id: 'wants-elements',
    breaks: 'Fails for a batch of nothing',
    caughtBy: catches('shapes', 'there is nothing'),
    sabotage: taking((tensor) => {
      if (tensor.data.length > 0) return tensor;
      throw new AiworkError('AIWORK_INFERENCE_FAILED', 'there is nothing');
    }),
  },
  {
    id: 'keeps-the-first-shape',
    breaks: 'Takes the size of the first batch for that of all',
    caughtBy: catches('shapes', 'the output of 1 rows to be float32 [1, 2]'),
    sabotage: inModels((loaded) => {
      let rows: number | undefined;
      return {
        async infer(inputs, options) {
          const outputs = await loaded.infer(inputs, options);
          const { y } = outputs;
          if (y?.type !== 'float32' || y.shape.length !== 2) return outputs;
          rows ??= y.shape[0] ?? 0;
          const data = new Float32Array(rows * 2);
          data.set(y.data.subarray(0, data.length));
          return { ...outputs, y: { ...y, shape: [rows, 2], data } };
        },
      };
    }),
  },
  {
    id: 'reads-the-buffer',
    breaks: 'Reads an input from the beginning of its buffer',
    caughtBy: catches('views', 'of a part of a larger array that was passed on'),
    sabotage: madeOf({
      taken: (tensor, options) =>
        tensor.type === 'float32' && tensor.data.buffer instanceof ArrayBuffer
          ? { ...tensor, data: new Float32Array(tensor.data.buffer.slice(0), 0, tensor.data.length) }
          : taken(tensor, options),
    }),
  },
  {
    id: 'gives-away-too-much',
    breaks: 'Takes the whole buffer of which a part is given away',
    caughtBy: catches('views', 'the array of which a part was given'),
    sabotage: madeOf({
      taken(tensor, options) {
        const copy = taken(tensor, options);
        if (options.transfer && tensor.type === 'float32' && tensor.data.buffer instanceof ArrayBuffer) {
          tensor.data.buffer.transfer();
        }
        return copy;
      },
    }),
  },
  {
    id: 'reads-late',
    breaks: 'Reads inputs when it gets to them',
    caughtBy: catches('inputs-stay', 'for an input that was overwritten after the call'),
    sabotage: inModels((loaded) => ({
      async infer(inputs, options) {
        await yieldTurns(1);
        return loaded.infer(inputs, options);
      },
    })),
  },
  {
    id: 'takes-inputs-away',
    breaks: 'Takes the memory of inputs that were not given away',
    caughtBy: catches('inputs-stay', 'the calls of this check to succeed'),
    onlyNamed: true,
    sabotage: madeOf({
      taken(tensor, options) {
        const copy = taken(tensor, options);
        if (tensor.type === 'float32' && tensor.data.buffer instanceof ArrayBuffer)
          tensor.data.buffer.transfer();
        return copy;
      },
    }),
  },
  {
    id: 'gives-away-twice',
    breaks: 'Gives away the memory of each input, also where two share it',
    caughtBy: catches('given-away', 'the calls of this check to succeed'),
    sabotage: madeOf({
      taken(tensor, { transfer }) {
        if (!transfer || tensor.type !== 'float32') return taken(tensor, {});
        return {
          ...tensor,
          data: structuredClone(tensor.data, { transfer: [tensor.data.buffer as ArrayBuffer] }),
        };
      },
    }),
  },
  {
    id: 'gives-inputs-back',
    breaks: 'Gives the memory of an input as an output',
    caughtBy: catches('own-memory', 'an output after another one was overwritten'),
    sabotage: madeOf({ ...passing((x) => x), taken: (tensor) => tensor }),
  },
  {
    id: 'one-memory-for-two',
    breaks: 'Gives two outputs one memory',
    caughtBy: catches('own-memory', 'an output after another one was overwritten'),
    sabotage: madeOf(passing((x) => x)),
  },
  {
    id: 'uses-outputs-again',
    breaks: 'Writes the outputs of the next call where those of the last one are',
    caughtBy: catches('own-memory', 'an output after the next inference'),
    sabotage: inModels((loaded) => {
      const memory = new Map<string, Float32Array>();
      return {
        async infer(inputs, options) {
          const outputs = await loaded.infer(inputs, options);
          return Object.fromEntries(
            Object.entries(outputs).map(([name, tensor]) => {
              if (tensor.type !== 'float32') return [name, tensor];
              const kept = memory.get(name);
              if (kept?.length !== tensor.data.length) memory.set(name, tensor.data);
              else kept.set(tensor.data);
              return [name, { ...tensor, data: memory.get(name) ?? tensor.data }];
            }),
          );
        },
      };
    }),
  },
  {
    id: 'gives-parts-of-a-pool',
    breaks: 'Gives outputs as parts of a larger buffer',
    caughtBy: catches('own-memory', 'the bytes that the buffer of an output of 8 bytes holds'),
    sabotage: giving((tensor) => {
      if (tensor.type !== 'float32') return tensor;
      const pool = new Float32Array(tensor.data.length + 100);
      pool.set(tensor.data, 50);
      return { ...tensor, data: pool.subarray(50, 50 + tensor.data.length) };
    }),
  },
  {
    id: 'declares-no-floats',
    breaks: 'Does not declare the type that every model has',
    caughtBy: [{ check: 'model-runtime.options.declared', message: 'float32 among the types' }],
    sabotage: madeOf({ capabilities: Object.freeze({ ...capabilities, types: Object.freeze([]) }) }),
  },
];
