import { fileURLToPath } from 'node:url';
import { startLines } from '../line-process.ts';

const script = fileURLToPath(new URL('./peer.py', import.meta.url));

export type PythonKind = 'torch' | 'openvino' | 'openvino-throughput';

/** A program of Python that embeds. */
export interface PythonPeer {
  readonly version: string;
  /** To load the model, imports included. */
  readonly loadMs: number;
  /** From nothing to the first vector, in milliseconds. */
  readonly firstVectorMs: number;
  round(batches: readonly (readonly string[])[], ms: number): Promise<number>;
  vector(text: string): Promise<readonly number[]>;
  residentBytes(): Promise<number>;
  close(): Promise<void>;
}

export async function openPeer(
  python: string,
  kind: PythonKind,
  folder: string,
  threads: number,
): Promise<PythonPeer> {
  const begin = performance.now();
  const peer = startLines(python, [script, kind, folder, `${threads}`]);
  const { version, loadMs } = JSON.parse(await peer.line());
  const firstVectorMs = performance.now() - begin;

  async function call(asked: object): Promise<Record<string, never>> {
    peer.say(JSON.stringify(asked));
    return JSON.parse(await peer.line());
  }

  return {
    version: `${version}`,
    loadMs: Number(loadMs),
    firstVectorMs,
    round: async (batches, ms) => Number((await call({ call: 'round', batches, ms })).perSecond),
    vector: async (text) => (await call({ call: 'vector', text })).vector ?? [],
    residentBytes: peer.residentBytes,
    close: peer.close,
  };
}
