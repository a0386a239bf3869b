import { AiworkError, type ModelRuntime } from '@aiwork/core';
import { readOnnx } from '@aiwork/onnx-format';
import { inClients, type Saboteur } from '../saboteur.ts';
import { inModels, madeOf } from './reference.ts';
import { correctParts } from './reference-runtime.ts';

const { bytes, model, weights, checkSource } = correctParts;

const catches = (name: string, message: string) => [{ check: `model-runtime.${name}`, message }];

export const loadingSaboteurs: readonly Saboteur<ModelRuntime>[] = [
  {
    id: 'open-is-scalar',
    breaks: 'Describes an input of open rank as a scalar',
    caughtBy: catches('loading.described', 'what a model takes and gives'),
    sabotage: inModels(({ inputs }) => ({ inputs: inputs.map((info) => ({ shape: [], ...info })) })),
  },
  {
    id: 'nothing-varies',
    breaks: 'Describes dimensions that vary as 1',
    caughtBy: catches('loading.described', 'what a model takes and gives'),
    sabotage: inModels(({ outputs }) => ({
      outputs: outputs.map(({ shape, ...info }) => ({
        ...info,
        ...(shape && { shape: shape.map((size) => (typeof size === 'string' ? 1 : size)) }),
      })),
    })),
  },
  {
    id: 'ascii-paths',
    breaks: 'Finds no path with letters beyond ASCII',
    caughtBy: catches('loading.path', 'cannot be read'),
    sabotage: madeOf({
      bytes: (source) => bytes('path' in source ? { path: source.path.replaceAll(/[^ -~]/g, '?') } : source),
    }),
  },
  {
    id: 'reads-the-whole-buffer',
    breaks: 'Reads what lies around the bytes of a model, too',
    caughtBy: catches('loading.bytes', 'the model is damaged'),
    sabotage: madeOf({
      bytes: async (source) =>
        'model' in source ? new Uint8Array(source.model.buffer.slice(0)) : bytes(source),
    }),
  },
  {
    id: 'takes-the-bytes-away',
    breaks: 'Gives the memory of a model to its engine',
    caughtBy: catches('loading.bytes', 'the length of the bytes after load()'),
    onlyNamed: true,
    sabotage: madeOf({
      async bytes(source) {
        const copy = await bytes(source);
        if ('model' in source && source.model.buffer instanceof ArrayBuffer) source.model.buffer.transfer();
        return copy;
      },
    }),
  },
  {
    id: 'ignores-offsets',
    breaks: 'Reads weights that are apart from the beginning of their file',
    caughtBy: catches('loading.weights-apart', 'of the output of a model with its weights from memory'),
    sabotage: madeOf({
      weights: (graph, source) =>
        weights(
          {
            ...graph,
            initializers:
              graph.initializers?.map((initializer) =>
                'external' in initializer
                  ? { ...initializer, external: { ...initializer.external, offset: 0 } }
                  : initializer,
              ) ?? [],
          },
          source,
        ),
    }),
  },
  {
    id: 'zeros-for-weights',
    breaks: 'Takes zeros for weights that are missing',
    caughtBy: catches('loading.weights-missing', 'load() with no weights to be refused'),
    sabotage: madeOf({
      weights: (graph, source) =>
        weights(graph, source).catch(
          () => new Map([['w', { type: 'float32', shape: [4, 2], data: new Float32Array(8) } as const]]),
        ),
    }),
  },
  {
    id: 'one-model-at-a-time',
    breaks: 'Closes all models when one is closed',
    caughtBy: [
      ...catches('loading.several', 'the model is closed'),
      ...catches('ending.model-closes', 'the model is closed'),
    ],
    sabotage: inClients((runtime) => {
      const closes = new Set<() => Promise<void>>();
      return {
        async load(source, options) {
          const loaded = await runtime.load(source, options);
          closes.add(loaded.close);
          return {
            ...loaded,
            close: async () => void (await Promise.all(Array.from(closes, (close) => close()))),
          };
        },
      };
    }),
  },
  {
    id: 'names-no-path',
    breaks: 'Does not say which file it cannot load',
    caughtBy: catches('damaged.no-model', 'the message to name the path'),
    sabotage: madeOf({
      bytes: (source) =>
        bytes(source).catch(() => {
          throw new AiworkError('AIWORK_MODEL_UNREADABLE', 'no such file', { outcome: 'not-applied' });
        }),
    }),
  },
  {
    id: 'trusts-the-source',
    breaks: 'Hands its engine whatever it is given as a source',
    caughtBy: catches('damaged.no-source', 'TypeError'),
    sabotage: madeOf({ checkSource: () => {} }),
  },
  {
    id: 'loads-what-is-there',
    breaks: 'Loads what is left of a file that is cut off',
    caughtBy: [
      ...catches('damaged.cut-off', 'to be refused'),
      ...catches('damaged.no-model', 'to be refused'),
    ],
    sabotage: madeOf({
      model(file, source) {
        try {
          return model(file, source);
        } catch (error) {
          if (!(error instanceof AiworkError) || error.code !== 'AIWORK_MODEL_UNREADABLE') throw error;
          return { opsets: { '': 17 }, inputs: [], outputs: [], nodes: [] };
        }
      },
    }),
  },
  {
    id: 'fails-in-its-own-words',
    breaks: 'Rejects with the error of its parser',
    caughtBy: [
      ...catches('damaged.corrupted', 'load() of a damaged model to be refused with an AiworkError'),
      ...catches('damaged.cut-off', 'to be refused with AIWORK_MODEL_UNREADABLE'),
    ],
    sabotage: madeOf({
      model(file, source) {
        try {
          readOnnx(file);
        } catch {
          throw new RangeError('premature EOF');
        }
        return model(file, source);
      },
    }),
  },
  {
    id: 'new-is-broken',
    breaks: 'Calls a model with an operation that it does not know unreadable',
    caughtBy: catches('damaged.unknown-operation', 'to be refused with AIWORK_UNKNOWN_OPERATOR'),
    sabotage: madeOf({
      model(file, source) {
        try {
          return model(file, source);
        } catch (cause) {
          throw new AiworkError('AIWORK_MODEL_UNREADABLE', 'this cannot be loaded', {
            cause,
            outcome: 'not-applied',
          });
        }
      },
    }),
  },
  {
    id: 'some-operation',
    breaks: 'Does not say which operation it does not know',
    caughtBy: catches('damaged.unknown-operation', 'the message to name the operation'),
    sabotage: madeOf({
      model(file, source) {
        try {
          return model(file, source);
        } catch (error) {
          if (!(error instanceof AiworkError) || error.code !== 'AIWORK_UNKNOWN_OPERATOR') throw error;
          throw new AiworkError('AIWORK_UNKNOWN_OPERATOR', 'some operation', { outcome: 'not-applied' });
        }
      },
    }),
  },
  {
    id: 'reads-anything-as-a-path',
    breaks: 'Takes a path that is a number for one that is not there',
    caughtBy: catches('damaged.no-source', 'to be refused with AIWORK_INVALID_ARGUMENT'),
    sabotage: madeOf({
      checkSource(source) {
        checkSource(
          typeof source === 'object' && source !== null && 'path' in source
            ? { path: String(source.path) }
            : source,
        );
      },
    }),
  },
];
