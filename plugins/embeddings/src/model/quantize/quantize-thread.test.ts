import { expect, it, vi } from 'vitest';
import { placeTensors, tensorsIn } from '../file/place-tensors.ts';
import { modelTensor } from '../model-tensor.ts';
import { quantizeTensors } from './quantize-tensors.ts';
import { startQuantizeThread } from './quantize-thread.ts';
import type { Quantizable } from './quantize-worker.ts';

// Threads take their time to start where many share a processor.
vi.setConfig({ testTimeout: 60_000 });

const width = 256;
const waves = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i) / 9);

const quantizable: Quantizable = {
  floats: tensorsIn(
    placeTensors(
      [
        modelTensor('one.weight', [width, width], waves(width * width)),
        modelTensor('one.bias', [width], waves(width)),
        modelTensor('norm.scale', [width], waves(width)),
      ],
      'weights',
    ),
  ),
  ranges: new Map([
    [
      'one',
      {
        least: new Float32Array(width).fill(-1),
        greatest: waves(width).map((value) => value + 2),
        mean: waves(width),
        tokens: 7,
      },
    ],
  ]),
};

it('quantizes as it is done here, and lets others have their turns meanwhile', async () => {
  await using thread = startQuantizeThread(quantizable);
  let turns = 0;
  const turn = () => {
    turns += 1;
    waiting = setImmediate(turn);
  };
  let waiting = setImmediate(turn);
  const placed = await thread.quantize({ smoothing: 0.7, unquantized: new Set() });
  clearImmediate(waiting);
  expect(turns).toBeGreaterThan(0);
  const here = quantizeTensors(quantizable.floats, quantizable.ranges, 0.7, new Set());
  expect(tensorsIn(placed).map(({ name }) => name)).toEqual(here.map(({ name }) => name));
  for (const [i, tensor] of tensorsIn(placed).entries())
    expect(Buffer.compare(tensor.bytes, here[i]?.bytes ?? Buffer.alloc(0)), tensor.name).toBe(0);
});

it('leaves layers in floats, once for each request', async () => {
  await using thread = startQuantizeThread(quantizable);
  const names = async (unquantized: ReadonlySet<string>) =>
    tensorsIn(await thread.quantize({ smoothing: 0.7, unquantized })).map(({ name, type }) => [name, type]);
  expect(await names(new Set(['one']))).toContainEqual(['one.weight', 'float32']);
  expect(await names(new Set())).toContainEqual(['one.weight', 'int8']);
});

it('ends at once when it is cancelled, and answers no more', async () => {
  await using thread = startQuantizeThread(quantizable);
  const leaving = new AbortController();
  const quantizing = thread.quantize({ smoothing: 0.7, unquantized: new Set() }, leaving.signal);
  leaving.abort(new Error('the user left'));
  await expect(quantizing).rejects.toThrow('the user left');
});

it('tells what failed in its thread', async () => {
  await using thread = startQuantizeThread(quantizable);
  const wrong = { smoothing: 0.7, unquantized: [] as never };
  await expect(thread.quantize(wrong)).rejects.toThrow('unquantized.has is not a function');
});
