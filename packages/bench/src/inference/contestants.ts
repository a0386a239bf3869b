import { type Isolated, isolate } from '../isolated/isolate.ts';
import type { Skipped } from '../report.ts';
import type { ModelFiles, Precision } from './model-files.ts';
import { openPeer, type PythonKind } from './python-peer.ts';

type SubjectProcess = typeof import('./subject-process.ts');

/** What is compared: a module of ours, or a program of Python. */
export type Contestant = {
  readonly name: string;
  readonly precision: Precision;
} & ({ readonly module: string } | { readonly python: PythonKind });

/** One that is loaded. */
export interface OpenContestant {
  readonly name: string;
  readonly precision: Precision;
  /** From nothing to the first vector, in milliseconds, its program's start included. */
  readonly firstVectorMs: number;
  round(batches: readonly (readonly string[])[], ms: number): Promise<number>;
  vector(text: string): Promise<readonly number[]>;
  residentBytes(): Promise<number>;
  close(): Promise<void>;
}

export const ours = (precision: Precision) => `@aiwork/embeddings, ${precision}`;
export const pytorch = 'PyTorch, fp32';

export function contestants(precisions: readonly Precision[]): readonly Contestant[] {
  return [
    ...precisions.map((precision) => ({ name: ours(precision), precision, module: 'aiwork' })),
    ...precisions
      .filter((precision) => precision !== 'fp16')
      .flatMap((precision): readonly Contestant[] => [
        { name: `onnxruntime-node by hand, ${precision}`, precision, module: 'plain-onnxruntime' },
        { name: `OpenVINO in Python, ${precision}`, precision, python: 'openvino' },
      ]),
    { name: pytorch, precision: 'fp32', python: 'torch' },
  ];
}

interface Loading {
  readonly files: ModelFiles;
  /** That of the original. */
  readonly folder: string;
  readonly threads: number;
}

/** Loads all that can be. */
export async function openContestants(
  all: readonly Contestant[],
  loading: Loading,
): Promise<
  AsyncDisposable & {
    readonly open: readonly OpenContestant[];
    readonly skipped: readonly Skipped[];
    readonly peers: readonly string[];
  }
> {
  const open: OpenContestant[] = [];
  const skipped: Skipped[] = [{ subject: 'text-embeddings-inference', why: 'it is not built here' }];
  const peers = new Set<string>();
  const close = async () => {
    await Promise.all(open.map((each) => each.close()));
  };
  try {
    for (const contestant of all) {
      const found =
        'module' in contestant ? await here(contestant, loading) : await peer(contestant, loading);
      if ('missing' in found) skipped.push({ subject: contestant.name, why: found.missing });
      else open.push(found);
      if ('version' in found)
        peers.add(`${'python' in contestant ? contestant.python : ''} ${found.version}`);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { open, skipped, peers: [...peers], [Symbol.asyncDispose]: close };
}

async function here(
  { name, precision, module }: Contestant & { readonly module: string },
  { files, threads }: Loading,
): Promise<OpenContestant> {
  const places = files.places.get(precision);
  if (!places) throw new Error(`there is no file in ${precision}`);
  const begin = performance.now();
  const host: Isolated<SubjectProcess> = await isolate(new URL('./subject-process.ts', import.meta.url));
  await host.call('load', new URL(`./subjects/${module}.ts`, import.meta.url).href, places, threads);
  const firstVectorMs = performance.now() - begin;
  return {
    name,
    precision,
    firstVectorMs,
    round: (batches, ms) => host.call('round', batches, ms),
    vector: (text) => host.call('vector', text),
    residentBytes: () => host.call('residentBytes'),
    close: () => host.close(),
  };
}

async function peer(
  { name, precision, python }: Contestant & { readonly python: PythonKind },
  { files, folder, threads }: Loading,
): Promise<(OpenContestant & { readonly version: string }) | { readonly missing: string }> {
  const place = python === 'torch' ? folder : files.places.get(precision)?.onnx;
  const opened = await openPeer(python, place ?? '', threads);
  return 'missing' in opened ? opened : { name, precision, ...opened };
}
