import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeOnnx } from '@aiwork/onnx-format';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { productModel } from '../src/bench/product-model.ts';
import { aiwork, newFolder } from './aiwork.fixture.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let file: string;
let broken: string;

beforeAll(async () => {
  const folder = await newFolder();
  [file, broken] = [join(folder, 'layer.onnx'), join(folder, 'broken.onnx')];
  const bytes = writeOnnx({
    opsets: { '': 17 },
    irVersion: 8,
    inputs: [{ name: 'x', type: 'float32', shape: ['batch', 'width'] }],
    outputs: [{ name: 'y', type: 'float32', shape: ['batch', 'width'] }],
    nodes: [{ operator: 'Neg', inputs: ['x'], outputs: ['y'] }],
  });
  await writeFile(file, bytes);
  await writeFile(broken, bytes.subarray(0, 40));
});

const bench = (...args: readonly string[]) =>
  aiwork(['bench', 'model', ...args], { env: { FORCE_COLOR: '0' } });
const quick = ['--runtime', 'onnxruntime', '--time', '30ms'];

describe('aiwork bench model', () => {
  it('measures each combination of what is named', async () => {
    const { code, stdout } = await bench(
      file,
      ...quick,
      '-t',
      '1',
      '-t',
      '2',
      '-b',
      '1',
      '-b',
      '8',
      '--size',
      'width=16',
      '--json',
    );
    const { machine, results, fileBytes } = JSON.parse(stdout);
    expect(results.map(({ threads, batch }: { threads: number; batch: number }) => [threads, batch])).toEqual(
      [
        [1, 1],
        [1, 8],
        [2, 1],
        [2, 8],
      ],
    );
    for (const { batch, measured } of results) {
      const { latencyMs, loadMs, rowsPerSecond, memoryBytes, inputs, ranOn, engine } = measured;
      expect(inputs).toEqual({ x: [batch, 16] });
      expect(ranOn).toEqual({ device: 'cpu' });
      expect(engine.name).toBe('onnxruntime');
      expect(latencyMs.count).toBeGreaterThan(0);
      expect(latencyMs.p50).toBeGreaterThan(0);
      expect(latencyMs.p99).toBeGreaterThanOrEqual(latencyMs.p95);
      expect(latencyMs.p95).toBeGreaterThanOrEqual(latencyMs.p50);
      expect(loadMs).toBeGreaterThan(latencyMs.p50);
      expect(rowsPerSecond).toBeGreaterThan(0);
      // A process with the engine in it is larger than one without.
      expect(memoryBytes.inUse).toBeGreaterThan(memoryBytes.before);
    }
    expect(fileBytes).toBeGreaterThan(80);
    expect(machine.processors).toBeGreaterThan(0);
    expect(machine.measured.copyGBps).toBeGreaterThan(0.01);
    expect(machine.measured.arithmetic[0]).toMatchObject({ device: 'cpu', threads: 1 });
    expect(machine.measured.arithmetic.every(({ gflops }: { gflops: number }) => gflops > 0.01)).toBe(true);
    expect(code).toBe(0);
  });

  it('shows a table, and says why what failed did', async () => {
    const { code, stdout } = await bench(
      file,
      ...quick,
      '--no-machine',
      '--device',
      'cpu',
      '--device',
      'abacus',
    );
    expect(stdout).toMatch(/^machine +.+, \d+ processors, \d+ MB$/m);
    expect(stdout).not.toContain('arithmetic');
    expect(stdout).toMatch(/^inputs +x \[1, 128\] in the first row$/m);
    expect(stdout).toMatch(
      /^RUNTIME +DEVICE +PRECISION +THREADS +BATCH +LOAD MS +P50 MS +P95 MS +P99 MS +ROWS\/S +MB$/m,
    );
    expect(stdout).toMatch(/^onnxruntime +cpu +auto +1 +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +\d+$/m);
    expect(stdout).toMatch(/^onnxruntime +abacus +auto +1 +failed$/m);
    expect(stdout).toContain('AIWORK_DEVICE_UNAVAILABLE ONNX Runtime cannot use "abacus" here');
    expect(code).toBe(0);
  });

  it('fails where nothing could be measured', async () => {
    const { code, stdout } = await bench(broken, ...quick, '--no-machine');
    expect(stdout).toContain('AIWORK_MODEL_UNREADABLE');
    expect(code).toBe(1);
  });

  it('refuses files that are not there, and options that make no sense', async () => {
    const [none, threads, size, runtime] = await Promise.all([
      bench('none.onnx'),
      bench(file, '--threads', '0'),
      bench(file, '--size', 'width'),
      bench(file, '--runtime', 'abacus'),
    ]);
    expect(none.stderr).toContain('none.onnx cannot be read');
    expect(threads.stderr).toContain('Give a whole number of 1 or more.');
    expect(size.stderr).toContain('as in sequence=128');
    expect(runtime.stderr).toContain('onnxruntime, openvino');
    expect([none, threads, size, runtime].map(({ code }) => code)).toEqual([2, 2, 2, 2]);
  });
});

it('multiplies matrices with the model that `writeOnnx` writes', () => {
  const matrix = (name: string, ...shape: string[]) => ({ name, type: 'float32', shape }) as const;
  const bytes = writeOnnx({
    opsets: { '': 13 },
    irVersion: 8,
    inputs: [matrix('a', 'm', 'k'), matrix('b', 'k', 'n')],
    outputs: [matrix('y', 'm', 'n')],
    nodes: [{ operator: 'MatMul', inputs: ['a', 'b'], outputs: ['y'] }],
  });
  expect(Buffer.compare(bytes, productModel)).toBe(0);
});
