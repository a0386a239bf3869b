import { openModel } from '@aiwork/embeddings';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { closeness } from '../../../../plugins/embeddings/test/minilm/minilm.fixture.ts';
import { atLeast, atMost, type Findings, type Row, type Target } from '../report.ts';
import type { ModelFiles, Precision } from './model-files.ts';

const least: Readonly<Record<Precision, number>> = { fp32: 0.9999, fp16: 0.999, int8: 0.99 };
/** Of the original, in SafeTensors. */
const originalBytes = 90_868_376;
const work = 'all-MiniLM-L6-v2, 1,000 texts';

/** How close vectors are to those of PyTorch, and how large the files. */
export async function accuracy({ places, bytes }: ModelFiles): Promise<Findings> {
  const rows: Row[] = [];
  const targets: Target[] = [];
  await using runtime = createOnnxRuntime();
  for (const [precision, { arrow }] of places) {
    const model = await openModel(arrow);
    await using loaded = await runtime.load(model.source('file'));
    const { mean, worst } = await closeness(model, loaded, 1);
    const size = bytes.get(precision) ?? Number.NaN;
    rows.push(
      { work, subject: precision, metric: 'cosine to PyTorch, mean', value: mean, unit: '' },
      { work, subject: precision, metric: 'worst', value: worst, unit: '' },
      { work, subject: precision, metric: 'file', value: size / 1e6, unit: 'MB' },
    );
    targets.push(atLeast(work, `mean cosine in ${precision}`, mean, least[precision], ''));
    if (precision === 'int8')
      targets.push(atMost(work, 'size in int8 against SafeTensors', size / originalBytes, 0.7));
  }
  return { rows, targets };
}
