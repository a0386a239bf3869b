import type { LoadOptions, ModelRuntime, Tensor } from '@aiwork/core';
import { spreadOf } from './percentiles.ts';
import { productModel } from './product-model.ts';

/** What an engine reaches on a device with work that is nothing but arithmetic. */
export interface Arithmetic {
  readonly device: string;
  /** 1, or left out for as many as the engine takes by itself. */
  readonly threads?: number;
  /** Thousand millions of multiplications and additions of 32-bit floats a second. */
  readonly gflops: number;
}

export interface MachineMeasurement {
  /** Bytes read and written a second, by one thread that copies more than fits into any cache; in thousand millions. */
  readonly copyGBps: number;
  readonly arithmetic: readonly Arithmetic[];
}

const copiedBytes = 2 ** 28;
const copies = 7;
const products = 9;
/** Rows and columns of the matrices that are multiplied. */
const size = 1024;

function copyGBps(): number {
  const from = new Float64Array(copiedBytes / 8).fill(1);
  const to = new Float64Array(from.length).fill(2);
  const times = Array.from({ length: copies }, () => {
    const start = performance.now();
    to.set(from);
    return performance.now() - start;
  });
  return (2 * copiedBytes) / spreadOf(times).p50 / 1e6;
}

async function gflops(runtime: ModelRuntime, options: LoadOptions): Promise<number> {
  await using model = await runtime.load({ model: productModel }, options);
  const matrix = (): Tensor => ({
    type: 'float32',
    shape: [size, size],
    data: new Float32Array(size * size).map(() => Math.random()),
  });
  const [a, b] = [matrix(), matrix()];
  const times: number[] = [];
  await model.infer({ a, b });
  for (let n = 0; n < products; n += 1) {
    const start = performance.now();
    await model.infer({ a, b });
    times.push(performance.now() - start);
  }
  return (2 * size ** 3) / spreadOf(times).p50 / 1e6;
}

/** What the machine can do, by work that it does. */
export async function measureMachine(runtime: ModelRuntime): Promise<MachineMeasurement> {
  const bandwidth = copyGBps();
  const arithmetic: Arithmetic[] = [];
  for (const { id: device, type } of await runtime.devices()) {
    if (type === 'cpu') {
      arithmetic.push({ device, threads: 1, gflops: await gflops(runtime, { device, threads: 1 }) });
    }
    arithmetic.push({ device, gflops: await gflops(runtime, { device }) });
  }
  return { copyGBps: bandwidth, arithmetic };
}
