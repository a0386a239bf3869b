import { availableParallelism } from 'node:os';
import { packageVersions } from '../package-version.ts';
import { joined, type Report, report } from '../report.ts';
import { accuracy } from './accuracy.ts';
import { contestants, openContestants } from './contestants.ts';
import { miniLmFolder } from './minilm-folder.ts';
import { modelFiles, type Precision } from './model-files.ts';
import type { PythonForPeers } from './python/python-for-peers.ts';
import { type Packages, serviceKinds } from './services.ts';
import { type Requests, serving } from './serving.ts';
import { loading, throughput } from './throughput.ts';
import { toolOverhead } from './tool-overhead.ts';

export interface InferenceBench {
  /** A folder of Hugging Face's instead of all-MiniLM-L6-v2, which is fetched. Accuracy is of that alone. */
  readonly folder?: string;
  /** What runs the peers of Python. */
  readonly peers: PythonForPeers;
  readonly packages: Packages;
  readonly precisions: readonly Precision[];
  readonly throughput: { readonly rounds: number; readonly roundMs: number };
  readonly serving: Requests;
  readonly toolCalls: number;
}

const full: Omit<InferenceBench, 'peers'> = {
  packages: 'built',
  precisions: ['fp32', 'fp16', 'int8'],
  throughput: { rounds: 4, roundMs: 1500 },
  serving: { single: 500, mixed: 20_000, different: 5000, forMs: 20_000 },
  toolCalls: 500,
};

/** Embedding models in a process of their own and over HTTP, beside what else runs them on the machine. */
export async function benchInference(
  changes: Pick<InferenceBench, 'peers'> & Partial<InferenceBench>,
  results?: string,
): Promise<Report> {
  const bench = { ...full, ...changes };
  const { peers, packages, precisions } = bench;
  const versions = packageVersions([
    '@aiwork/embeddings',
    '@aiwork/onnxruntime',
    '@aiwork/openvino',
    '@huggingface/transformers',
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
      await using files = await modelFiles(folder, precisions);
      const accurate = bench.folder === undefined ? await accuracy(files) : { rows: [], targets: [] };
      const served = await serving(serviceKinds({ files, folder, packages, threads, peers }), bench.serving);
      const tool = await toolOverhead(files, bench.toolCalls);
      await using opened = await openContestants(contestants(precisions), {
        files,
        folder,
        packages,
        threads,
        peers,
      });
      const fast = await throughput(opened, bench.throughput);
      return joined(
        [accurate, await loading(opened), fast, served, tool],
        notes(threads, packages, opened.versions),
      );
    },
    results,
  );
}

const notes = (threads: number, packages: Packages, versions: readonly string[]) => [
  `Each subject runs in a process of its own with ${threads} threads for the model; rounds are interleaved, values are medians. In Python: ${versions.join(', ') || 'none'}.`,
  'Accuracy is the cosine to the vectors that PyTorch gives for 1,000 texts, computed from a sixth of their components.',
  'All peers of ONNX run one graph, which `aiwork model convert --to onnx` wrote; PyTorch runs the original.',
  'OpenVINO computes in floats of 32 bits what is not quantized, as the other engines do. For throughput, it works on as many batches at a time as there are threads, and in floats of 16 bits (bf16) where the processor has them: in Python it does so unless it is told not to.',
  packages === 'built'
    ? 'Packages of this repository are measured as they are published. What makes subjects comparable is TypeScript, whose types are stripped as it loads: a part of the time to the first vector.'
    : 'Packages of this repository are measured from their sources, whose types are stripped as they load.',
  'The mix of requests follows Zipf’s law with exponent 1 over 5,000 different texts. The clients are another process on the same processors; what takes longer than 20 seconds is ended there.',
];
