import { describe, expect, it } from 'vitest';
import { type BenchReport, printMeasurements, shortNumber } from './print-measurements.ts';

const plain = (_: unknown, text: string) => text;

const report: BenchReport = {
  file: 'minilm.onnx',
  fileBytes: 90_900_000,
  machine: {
    processor: 'A processor',
    processors: 2,
    memoryBytes: 16e9,
    system: 'linux x64 6.1',
    node: 'v26.0.0',
    measured: {
      copyGBps: 7.123,
      arithmetic: [
        { device: 'cpu', threads: 1, gflops: 51.26 },
        { device: 'cpu', gflops: 99.94 },
      ],
    },
  },
  results: [
    {
      runtime: 'onnxruntime',
      threads: 1,
      batch: 32,
      measured: {
        engine: { name: 'onnxruntime', version: '1.30.0' },
        ranOn: { device: 'cpu' },
        inputs: { input_ids: [32, 12] },
        loadMs: 97.24,
        firstMs: 120,
        latencyMs: { p50: 102.4, p95: 110, p99: 1234.5, count: 20 },
        rowsPerSecond: 313.2,
        memoryBytes: { before: 6e7, inUse: 2.7e8, most: 2.72e8 },
      },
    },
    {
      runtime: 'openvino',
      precision: 'int8',
      batch: 1,
      failure: { code: 'AIWORK_DEVICE_UNAVAILABLE', message: 'it is not there' },
    },
  ],
};

describe('printMeasurements', () => {
  it('shows the machine, the model and a row for each combination', () => {
    expect(`\n${printMeasurements(report, plain)}`).toMatchInlineSnapshot(`
      "
      machine     A processor, 2 processors, 16000 MB
      system      linux x64 6.1, Node v26.0.0
      copies      7.12 GB/s read and written by one thread
      arithmetic  51.3 GFLOP/s on cpu, 1 thread, 32-bit floats
      arithmetic  99.9 GFLOP/s on cpu, all threads, 32-bit floats
      model       minilm.onnx (90.9 MB)
      inputs      input_ids [32, 12] in the first row

      RUNTIME      DEVICE  PRECISION  THREADS  BATCH  LOAD MS  P50 MS  P95 MS  P99 MS  ROWS/S  MB
      onnxruntime  cpu                1        32     97.2     102     110     1235    313     272
      openvino             int8       auto     1      failed

      openvino: AIWORK_DEVICE_UNAVAILABLE it is not there
      "
    `);
  });

  it('says where the machine could not be measured', () => {
    const { measured: _, ...machine } = report.machine;
    const text = printMeasurements({ ...report, machine: { ...machine, failure: { message: 'no' } } }, plain);
    expect(text).toContain('measured  nothing: no');
  });
});

describe('shortNumber', () => {
  it('shows three digits', () => {
    expect([0.123, 1.2345, 12.345, 123.45, 12_345.6].map(shortNumber)).toEqual([
      '0.12',
      '1.23',
      '12.3',
      '123',
      '12346',
    ]);
  });
});
