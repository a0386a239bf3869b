import type { ErrorCode, ModelRuntime, Tensor } from '@aiwork/core';
import type { Check, CheckGroup } from '../../engine/contract.ts';
import { infersLayer, withOnnx } from './loaded.ts';
import { floats, inMemory, layer, sum } from './models.ts';

/** Inputs that the model of a refusal is given, by what is wrong with them. */
type Wrong = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const good = floats([1, 4], 1, 2, 3, 4);

function refusing(about: {
  readonly id: string;
  readonly rule: string;
  readonly why: string;
  readonly code: ErrorCode;
  /** Of the input that the message has to name. */
  readonly named: string;
  readonly wrong: Wrong;
}): Check<ModelRuntime> {
  const { id, rule, why, code, named, wrong } = about;
  return {
    id: `model-runtime.refusals.${id}`,
    rule,
    why,
    anchor: 'LoadedModel.infer',
    when: withOnnx,
    async run(t) {
      const runtime = await t.open();
      await using model = await runtime.load(inMemory(layer));
      for (const [what, inputs] of Object.entries(wrong)) {
        const error = await t.refuses(
          () => model.infer(inputs as Readonly<Record<string, Tensor>>),
          `infer() with ${what}`,
          { code },
        );
        t.that(error.message.includes(`"${named}"`), `the message to name "${named}"`, error.message);
      }
      await infersLayer(model, 'the output of a model after what it refused');
    },
  };
}

export const refusals: CheckGroup<ModelRuntime> = {
  id: 'refusals',
  title: 'Inputs that are refused',
  checks: [
    refusing({
      id: 'unknown-input',
      rule: 'An input that the model does not have is refused by its name',
      why: 'a mask that is misspelt and ignored makes answers worse, and nobody knows why',
      code: 'AIWORK_UNKNOWN_INPUT',
      named: 'X',
      wrong: { 'an input of another name': { X: good }, 'an input too many': { x: good, X: good } },
    }),
    refusing({
      id: 'missing-input',
      rule: 'An input that is not given is refused by its name',
      why: 'an engine that takes zeros for it gives answers',
      code: 'AIWORK_MISSING_INPUT',
      named: 'x',
      wrong: { 'no input': {}, 'an input that is undefined': { x: undefined } },
    }),
    refusing({
      id: 'wrong-type',
      rule: 'An input of another type, or whose array is of another, is refused by its name',
      why: 'the bits of one type, read as another, are numbers too',
      code: 'AIWORK_TENSOR_TYPE',
      named: 'x',
      wrong: {
        'another type': { x: { type: 'int32', shape: [1, 4], data: Int32Array.of(1, 2, 3, 4) } },
        'an array of another type': { x: { ...good, data: Int32Array.of(1, 2, 3, 4) } },
        'a list of numbers': { x: { ...good, data: [1, 2, 3, 4] } },
        'no tensor': { x: 7 },
      },
    }),
    refusing({
      id: 'wrong-shape',
      rule: 'An input of a shape that does not fit the model, or its own data, is refused by its name',
      why: 'a native library that trusts a shape reads what lies behind the data',
      code: 'AIWORK_TENSOR_SHAPE',
      named: 'x',
      wrong: {
        'another size': { x: floats([2, 2], 1, 2, 3, 4) },
        'another rank': { x: floats([4], 1, 2, 3, 4) },
        'one more dimension': { x: floats([1, 1, 4], 1, 2, 3, 4) },
        'more elements than its shape': { x: floats([1, 4], 1, 2, 3, 4, 5) },
        'fewer elements than its shape': { x: floats([1000, 4], 1, 2, 3, 4) },
        'a size below zero': { x: { ...good, shape: [-1, -4] } },
        'half a size': { x: { ...good, shape: [0.5, 8] } },
        'no shape': { x: { ...good, shape: undefined } },
      },
    }),
    {
      id: 'model-runtime.refusals.one-of-several',
      rule: 'Of several inputs the one that is wrong is named',
      why: 'models of language take three or more, and who debugs has to know which',
      anchor: 'LoadedModel.infer',
      when: withOnnx,
      async run(t) {
        const runtime = await t.open();
        await using model = await runtime.load(inMemory(sum));
        const a = floats([1, 2], 1, 2);
        const wrong: Wrong = {
          AIWORK_MISSING_INPUT: { a },
          AIWORK_TENSOR_SHAPE: { a, b: floats([2], 1, 2) },
        };
        for (const [code, inputs] of Object.entries(wrong)) {
          const error = await t.refuses(
            () => model.infer(inputs as Readonly<Record<string, Tensor>>),
            'infer() with a wrong second input',
            { code: code as ErrorCode },
          );
          t.that(error.message.includes('"b"'), 'the message to name "b"', error.message);
        }
      },
    },
  ],
};
