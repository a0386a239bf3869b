import { AiworkError, type ErrorCode, type ModelRuntime, type Tensor, type TensorInfo } from '@aiwork/core';
import { type Saboteur, yieldTurns } from '../saboteur.ts';
import { inModels, madeOf } from './reference.ts';
import { correctParts } from './reference-runtime.ts';

const { checkInputs, operations } = correctParts;

const refused = (name: string, message: string) => [{ check: `model-runtime.refusals.${name}`, message }];
const inferred = (name: string, message: string) => [{ check: `model-runtime.inference.${name}`, message }];

type Inputs = Readonly<Record<string, Tensor>>;

/** Inputs that are refused for one of these reasons are taken as they are. */
const overlooking = (...codes: readonly ErrorCode[]) =>
  madeOf({
    checkInputs(inputs, infos) {
      try {
        checkInputs(inputs, infos);
      } catch (error) {
        if (!(error instanceof AiworkError) || !codes.includes(error.code)) throw error;
      }
    },
    taken: (tensor) => tensor,
  });

/** What is refused is refused in other words. */
const saying = (say: (error: AiworkError, infos: readonly TensorInfo[]) => AiworkError) =>
  madeOf({
    checkInputs(inputs, infos) {
      try {
        checkInputs(inputs, infos);
      } catch (error) {
        throw error instanceof AiworkError ? say(error, infos) : error;
      }
    },
  });

export const inferenceSaboteurs: readonly Saboteur<ModelRuntime>[] = [
  {
    id: 'ignores-unknown-inputs',
    breaks: 'Ignores inputs that the model does not have',
    caughtBy: refused(
      'unknown-input',
      'infer() with an input of another name to be refused with AIWORK_UNKNOWN_INPUT',
    ),
    sabotage: madeOf({
      checkInputs(inputs, infos) {
        const known = infos.flatMap(({ name }) => (inputs[name] ? [[name, inputs[name]] as const] : []));
        checkInputs(Object.fromEntries(known), infos);
      },
    }),
  },
  {
    id: 'zeros-for-inputs',
    breaks: 'Takes zeros for an input that is not given',
    caughtBy: refused('missing-input', 'infer() with no input to be refused'),
    sabotage: madeOf({
      checkInputs(inputs, infos) {
        const x: Tensor = { type: 'float32', shape: [1, 4], data: new Float32Array(4) };
        checkInputs(Object.keys(inputs).length === 0 ? { x } : inputs, infos);
      },
    }),
  },
  {
    id: 'reads-any-type',
    breaks: 'Takes an input of another type for one of its own',
    caughtBy: refused('wrong-type', 'infer() with another type to be refused'),
    sabotage: overlooking('AIWORK_TENSOR_TYPE'),
  },
  {
    id: 'trusts-shapes',
    breaks: 'Takes an input of any shape',
    caughtBy: refused('wrong-shape', 'infer() with another size to be refused'),
    sabotage: overlooking('AIWORK_TENSOR_SHAPE'),
  },
  {
    id: 'names-the-first',
    breaks: 'Names the first input, whichever is wrong',
    caughtBy: refused('one-of-several', 'the message to name "b"'),
    sabotage: saying(
      ({ code }, infos) =>
        new AiworkError(code, `input "${infos[0]?.name}" is wrong`, { outcome: 'not-applied' }),
    ),
  },
  {
    id: 'one-code-for-all',
    breaks: 'Refuses inputs with one code, whatever is wrong with them',
    caughtBy: [
      ...refused('unknown-input', 'to be refused with AIWORK_UNKNOWN_INPUT'),
      ...refused('missing-input', 'to be refused with AIWORK_MISSING_INPUT'),
      ...refused('wrong-type', 'to be refused with AIWORK_TENSOR_TYPE'),
      ...refused('wrong-shape', 'to be refused with AIWORK_TENSOR_SHAPE'),
    ],
    sabotage: saying(
      ({ message }) => new AiworkError('AIWORK_INVALID_ARGUMENT', message, { outcome: 'not-applied' }),
    ),
  },
  {
    id: 'computes-in-half',
    breaks: 'Computes with three digits',
    caughtBy: inferred('right', 'of the output of one layer'),
    sabotage: madeOf({
      operations: {
        ...operations,
        MatMul(operands) {
          const product = operations['MatMul']?.(operands) as Tensor<'float32'>;
          return { ...product, data: product.data.map((x) => Number(x.toPrecision(3)) + 0.001) };
        },
      },
    }),
  },
  {
    id: 'names-by-place',
    breaks: 'Gives everything that it has computed',
    caughtBy: inferred('right', 'the names of the outputs'),
    sabotage: inModels((model) => ({
      async infer(inputs, options) {
        return { ...inputs, ...(await model.infer(inputs, options)) };
      },
    })),
  },
  {
    id: 'never-the-same',
    breaks: 'Adds up in another order each time',
    caughtBy: inferred('again', 'of the output for the same input'),
    sabotage: inModels((model) => {
      let calls = 0;
      return {
        async infer(inputs, options) {
          const { y, ...others } = await model.infer(inputs, options);
          if (y?.type !== 'float32') return y ? { ...others, y } : others;
          calls += 1;
          return { ...others, y: { ...y, data: y.data.map((x) => x * (1 + (calls % 2) * 2e-7)) } };
        },
      };
    }),
  },
  {
    id: 'one-place-for-inputs',
    breaks: 'Keeps the inputs of all calls in one place',
    caughtBy: inferred('overlapping', 'at once'),
    sabotage: inModels((model) => {
      let last: Inputs = {};
      return {
        async infer(inputs, options) {
          last = inputs;
          await yieldTurns(1);
          return model.infer(last, options);
        },
      };
    }),
  },
  {
    id: 'stays-broken',
    breaks: 'Does nothing more once its engine has failed',
    caughtBy: [
      ...inferred('engine-fails', 'the engine is gone'),
      ...inferred('out-of-memory', 'the engine is gone'),
    ],
    sabotage: inModels((model) => {
      let isBroken = false;
      return {
        async infer(inputs, options) {
          if (isBroken) throw new AiworkError('AIWORK_INFERENCE_FAILED', 'the engine is gone');
          return model.infer(inputs, options).catch((error: unknown) => {
            isBroken = true;
            throw error;
          });
        },
      };
    }),
  },
  {
    id: 'fails-for-no-reason',
    breaks: 'Does not tell a lack of memory from other failures',
    caughtBy: inferred('out-of-memory', 'to be refused with AIWORK_OUT_OF_MEMORY'),
    sabotage: inModels((model) => ({
      infer: (inputs, options) =>
        model.infer(inputs, options).catch((error: unknown) => {
          if (!(error instanceof AiworkError) || error.code !== 'AIWORK_OUT_OF_MEMORY') throw error;
          throw new AiworkError('AIWORK_INFERENCE_FAILED', 'bad_alloc');
        }),
    })),
  },
];
