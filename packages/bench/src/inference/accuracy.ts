import type { ModelRuntime } from '@aiwork/core';
import { openModel } from '@aiwork/embeddings';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { createOpenvinoRuntime } from '@aiwork/openvino';
import { closeness } from '../../../../plugins/embeddings/test/minilm/minilm.fixture.ts';
import { atLeast, atMost, type Findings, type Row, type Target } from '../report.ts';
import { whyNoOpenVino } from './contestants.ts';
import type { ModelFiles, Precision } from './model-files.ts';

const least: Readonly<Record<Precision, number>> = { fp32: 0.9999, fp16: 0.999, int8: 0.99 };
/** Of the original, in SafeTensors. */
const originalBytes = 90_868_376;
const work = 'all-MiniLM-L6-v2, 1,000 texts';

/** How close vectors are to those of PyTorch on each engine, and how large the files. */
export async function accuracy(files: ModelFiles): Promise<Findings> {
  await using onnxRuntime = createOnnxRuntime();
  const onOnnxRuntime = await on(onnxRuntime, 'ONNX Runtime', files);
  if ((await whyNoOpenVino()) !== undefined) return onOnnxRuntime;
  await using openVino = await createOpenvinoRuntime();
  const onOpenVino = await on(openVino, 'OpenVINO', files);
  return {
    rows: [...onOnnxRuntime.rows, ...onOpenVino.rows],
    targets: [...onOnnxRuntime.targets, ...onOpenVino.targets],
  };
}

async function on(
  runtime: ModelRuntime,
  engine: string,
  { places, bytes }: ModelFiles,
): Promise<Pick<Findings, 'rows' | 'targets'>> {
  const rows: Row[] = [];
  const targets: Target[] = [];
  for (const [precision, { arrow }] of places) {
    const model = await openModel(arrow);
    await using loaded = await runtime.load(model.source('file'));
    const { mean, worst } = await closeness(model, loaded, 1);
    const size = bytes.get(precision) ?? Number.NaN;
    const subject = `${engine}, ${precision}`;
    rows.push(
      { work, subject, metric: 'cosine to PyTorch, mean', value: mean, unit: '' },
      { work, subject, metric: 'worst', value: worst, unit: '' },
      { work, subject, metric: 'file', value: size / 1e6, unit: 'MB' },
    );
    targets.push(atLeast(work, `mean cosine in ${precision} on ${engine}`, mean, least[precision], ''));
    if (precision === 'int8' && engine === 'ONNX Runtime')
      targets.push(atMost(work, 'size in int8 against SafeTensors', size / originalBytes, 0.7));
  }
  return { rows, targets };
}
