import { installOpenvino, openvinoStatus } from '@aiwork/openvino';
import { type Isolated, isolate } from '../isolated/isolate.ts';
import type { Skipped } from '../report.ts';
import type { ModelFiles, Precision } from './model-files.ts';
import type { PythonForPeers } from './python/python-for-peers.ts';
import { openPeer, type PythonKind } from './python/python-peer.ts';
import { residentBytesOf } from './resident-bytes.ts';
import type { Packages } from './services.ts';

type SubjectProcess = typeof import('./subject-process.ts');

/** What is compared: a module of Node, or a program of Python. */
export type Contestant = {
  readonly name: string;
  readonly precision: Precision;
} & ({ readonly module: string; readonly needs?: 'OpenVINO' } | { readonly python: PythonKind });

/** One that is loaded. */
export interface OpenContestant {
  readonly name: string;
  /** To load the model, in milliseconds, in a program that has started: for Python, imports included. */
  readonly loadMs: number;
  /** From nothing to the first vector, in milliseconds, its program's start included. */
  readonly firstVectorMs: number;
  round(batches: readonly (readonly string[])[], ms: number): Promise<number>;
  vector(text: string): Promise<readonly number[]>;
  residentBytes(): Promise<number>;
  close(): Promise<void>;
}

export const ours = (precision: Precision) => `@aiwork/embeddings, ${precision}`;
export const pytorch = 'sentence-transformers on PyTorch, fp32';

export function contestants(precisions: readonly Precision[]): readonly Contestant[] {
  return [
    ...precisions.map((precision) => ({ name: ours(precision), precision, module: 'aiwork' })),
    ...precisions
      .filter((precision) => precision !== 'fp16')
      .flatMap((precision): readonly Contestant[] => [
        {
          name: `@aiwork/embeddings on OpenVINO, ${precision}`,
          precision,
          module: 'aiwork-openvino',
          needs: 'OpenVINO',
        },
        {
          name: `@aiwork/embeddings on OpenVINO, ${precision}, for throughput`,
          precision,
          module: 'aiwork-openvino-throughput',
          needs: 'OpenVINO',
        },
        { name: `onnxruntime-node by hand, ${precision}`, precision, module: 'plain-onnxruntime' },
        { name: `transformers.js, ${precision}`, precision, module: 'transformers-js' },
        { name: `OpenVINO in Python, ${precision}`, precision, python: 'openvino' },
        {
          name: `OpenVINO in Python, ${precision}, for throughput`,
          precision,
          python: 'openvino-throughput',
        },
      ]),
    { name: pytorch, precision: 'fp32', python: 'torch' },
  ];
}

interface Loading {
  readonly files: ModelFiles;
  /** That of the original. */
  readonly folder: string;
  readonly threads: number;
  readonly packages: Packages;
  readonly peers: PythonForPeers;
}

interface OpenContestants extends AsyncDisposable {
  readonly open: readonly OpenContestant[];
  readonly skipped: readonly Skipped[];
  /** What was measured of Python, in which version. */
  readonly versions: readonly string[];
}

const notBuilt = {
  subject: 'text-embeddings-inference',
  why: 'it is in no package registry: to compile it takes longer than all of this benchmark',
};

/** Loads all that can be, one after the other. */
export async function openContestants(
  all: readonly Contestant[],
  loading: Loading,
): Promise<OpenContestants> {
  const open: OpenContestant[] = [];
  const skipped: Skipped[] = [notBuilt];
  const versions = new Set<string>();
  const close = async () => {
    await Promise.all(open.map((each) => each.close()));
  };
  const missing = { OpenVINO: await whyNoOpenVino() };
  try {
    for (const contestant of all) {
      const { name } = contestant;
      if ('module' in contestant) {
        const why = contestant.needs && missing[contestant.needs];
        if (why === undefined) open.push(await here(contestant, loading));
        else skipped.push({ subject: name, why });
      } else if ('missing' in loading.peers) {
        skipped.push({ subject: name, why: loading.peers.missing });
      } else {
        const { version, ...opened } = await peer(contestant, loading.peers.python, loading);
        open.push(opened);
        versions.add(
          contestant.python === 'torch' ? `sentence-transformers ${version}` : `OpenVINO ${version}`,
        );
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { open, skipped, versions: [...versions], [Symbol.asyncDispose]: close };
}

/** Fetches OpenVINO, if it is not there; why it cannot be had. */
export async function whyNoOpenVino(): Promise<string | undefined> {
  try {
    const { found } = await openvinoStatus();
    if (found.every(({ problem }) => problem !== undefined)) await installOpenvino();
    return undefined;
  } catch (error) {
    return `OpenVINO cannot be fetched: ${String(error)}`;
  }
}

async function here(
  { name, precision, module }: Contestant & { readonly module: string },
  { files, threads, packages }: Loading,
): Promise<OpenContestant> {
  const places = files.places.get(precision);
  if (!places) throw new Error(`there is no file in ${precision}`);
  const begin = performance.now();
  const process = new URL('./subject-process.ts', import.meta.url);
  const host: Isolated<SubjectProcess> = await isolate(process, { packages });
  const loadMs = await host.call(
    'load',
    new URL(`./subjects/${module}.ts`, import.meta.url).href,
    places,
    threads,
  );
  return {
    name,
    loadMs,
    firstVectorMs: performance.now() - begin,
    round: (batches, ms) => host.call('round', batches, ms),
    vector: (text) => host.call('vector', text),
    residentBytes: () => residentBytesOf(host.pid),
    close: () => host.close(),
  };
}

async function peer(
  { name, precision, python: kind }: Contestant & { readonly python: PythonKind },
  python: string,
  { files, folder, threads }: Loading,
): Promise<OpenContestant & { readonly version: string }> {
  const place = kind === 'torch' ? folder : files.places.get(precision)?.onnx;
  return { name, ...(await openPeer(python, kind, place ?? '', threads)) };
}
