import { AiworkError, type Tensor } from '@aiwork/core';

/** What an operation makes of its inputs. */
export type Operation = (inputs: readonly Tensor[]) => Tensor;

const floatsOf = (tensor: Tensor | undefined): Float32Array =>
  tensor?.type === 'float32' ? tensor.data : new Float32Array();

const sizesOf = (tensor: Tensor | undefined): number[] =>
  tensor?.type === 'int64' ? Array.from(tensor.data, Number) : [];

const elementsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const copyOf = (tensor: Tensor): Tensor =>
  ({ ...tensor, shape: [...tensor.shape], data: tensor.data.slice() }) as Tensor;

function multiplied([a, b]: readonly Tensor[]): Tensor {
  const [rows = 0, inner = 0] = a?.shape ?? [];
  const columns = b?.shape[1] ?? 0;
  const [left, right] = [floatsOf(a), floatsOf(b)];
  const data = Float32Array.from({ length: rows * columns }, (_, at) => {
    const row = Math.floor(at / columns);
    let sum = 0;
    for (let i = 0; i < inner; i += 1) {
      sum += (left[row * inner + i] ?? 0) * (right[i * columns + (at % columns)] ?? 0);
    }
    return sum;
  });
  return { type: 'float32', shape: [rows, columns], data };
}

/** `b` may be one row for all rows of `a`. */
function added([a, b]: readonly Tensor[]): Tensor {
  const row = floatsOf(b);
  const data = floatsOf(a).map((x, i) => x + (row[i % row.length] ?? 0));
  return { type: 'float32', shape: a?.shape ?? [], data };
}

function zeros([size]: readonly Tensor[]): Tensor {
  const shape = sizesOf(size);
  if (elementsOf(shape) * 4 > 2 ** 33) {
    throw new AiworkError('AIWORK_OUT_OF_MEMORY', 'there is too little memory for this inference');
  }
  return { type: 'float32', shape, data: new Float32Array(elementsOf(shape)) };
}

function reshaped([x, to]: readonly Tensor[]): Tensor {
  const shape = sizesOf(to);
  const data = floatsOf(x);
  if (elementsOf(shape) !== data.length) {
    throw new AiworkError('AIWORK_INFERENCE_FAILED', 'the elements do not fit into the new shape');
  }
  return { type: 'float32', shape, data: data.slice() };
}

const unchanged: Operation = ([x]) => copyOf(x as Tensor);

/** The operations that the models of the contract have. */
export const operations: Readonly<Record<string, Operation>> = {
  Identity: unchanged,
  Neg: ([x]) => ({ type: 'float32', shape: x?.shape ?? [], data: floatsOf(x).map((element) => -element) }),
  MatMul: multiplied,
  Add: added,
  ConstantOfShape: zeros,
  Reshape: reshaped,
};
