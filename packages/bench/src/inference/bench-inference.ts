import { availableParallelism } from 'node:os';
import { packageVersions } from '../package-version.ts';
import { joined, type Report, report } from '../report.ts';
import { accuracy } from './accuracy.ts';
import { contestants, openContestants } from './contestants.ts';
import { miniLmFolder } from './minilm-folder.ts';
import { modelFiles, type Precision } from './model-files.ts';
import { serving } from './serving.ts';
import { loading, throughput } from './throughput.ts';

export interface InferenceBench {
  /** A folder of Hugging Face's instead of all-MiniLM-L6-v2, which is fetched. Accuracy is of that alone. */
  readonly folder?: string;
  readonly precisions: readonly Precision[];
  readonly throughput: { readonly rounds: number; readonly roundMs: number };
  readonly serving: { readonly single: number; readonly mixed: number; readonly different: number };
}

const full: InferenceBench = {
  precisions: ['fp32', 'fp16', 'int8'],
  throughput: { rounds: 5, roundMs: 2000 },
  serving: { single: 500, mixed: 20_000, different: 5000 },
};

/** Embedding models in this process and over HTTP, beside what else runs them on the machine. */
export async function benchInference(bench: InferenceBench = full, results?: string): Promise<Report> {
  const versions = packageVersions([
    '@aiwork/embeddings',
    '@aiwork/onnxruntime',
    'onnxruntime-node',
    'tokenizers',
  ]);
  const threads = availableParallelism();
  return report(
    'inference',
    versions,
    async () => {
      await using fetched = bench.folder === undefined ? await miniLmFolder() : undefined;
      const folder = bench.folder ?? fetched?.path ?? '';
      await using files = await modelFiles(folder, bench.precisions);
      const accurate = bench.folder === undefined ? await accuracy(files) : { rows: [], targets: [] };
      const served = await serving(files, bench.serving);
      await using opened = await openContestants(contestants(bench.precisions), { files, folder, threads });
      const fast = await throughput(opened, bench.throughput);
      return joined(
        [accurate, await loading(opened, served), fast, served.findings],
        notes(threads, opened.peers),
      );
    },
    results,
  );
}

const notes = (threads: number, peers: readonly string[]) => [
  `Each subject runs in a process of its own with ${threads} threads for the model; rounds are interleaved, values are medians. Peers in Python: ${peers.join(', ') || 'none'}.`,
  'Accuracy is the cosine to the vectors that PyTorch gives for 1,000 texts, computed from a sixth of their components.',
  'Subjects in this repository run from its sources: types are stripped as they load, which is a part of the time to the first vector.',
  'The mix of requests follows Zipf’s law with exponent 1 over 5,000 different texts; clients and server share the machine.',
];
