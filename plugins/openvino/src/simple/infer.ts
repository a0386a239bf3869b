import type { InferOptions, LoadedModel, Tensor } from '@aiwork/core';
import { type NestedNumbers, toTensor } from './to-tensor.ts';

/** What {@link infer} takes for an input: a tensor, or numbers in as many brackets as it has dimensions. @since 0.1.0 */
export type SimpleInput = Tensor | NestedNumbers;

const isTensor = (input: SimpleInput): input is Tensor => typeof input === 'object' && 'data' in input;

/**
 * Infers from plain numbers: makes tensors of them in the types that the model takes.
 *
 * @throws what `LoadedModel.infer` throws, and `AIWORK_TENSOR_SHAPE` or `AIWORK_TENSOR_TYPE` for numbers that make no tensor.
 * @example
 * ```ts no-run: needs OpenVINO and a model
 * import { infer, optimizeModel } from '@aiwork/openvino';
 *
 * await using model = await optimizeModel('model.onnx');
 * const { y } = await infer(model, { x: [[1, 2, 3, 4], [5, 6, 7, 8]] });
 * console.log(y?.shape);
 * ```
 * @since 0.1.0
 */
export async function infer(
  model: LoadedModel,
  inputs: Readonly<Record<string, SimpleInput>>,
  options?: InferOptions,
): Promise<Readonly<Record<string, Tensor>>> {
  const types = new Map(model.inputs.map(({ name, type }) => [name, type]));
  const tensors = Object.entries(inputs).map(([name, input]) => {
    if (isTensor(input)) return [name, input] as const;
    // What the model does not have, it refuses itself, whatever the type.
    return [name, toTensor(name, types.get(name) ?? 'float32', input)] as const;
  });
  return model.infer(Object.fromEntries(tensors), options);
}
