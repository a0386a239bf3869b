import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('./peer.py', import.meta.url));
const modulesOf = { torch: 'torch, transformers', openvino: 'openvino, tokenizers, numpy' } as const;

export type PythonKind = keyof typeof modulesOf;

/** A program of Python that embeds. */
export interface PythonPeer {
  readonly version: string;
  /** From the imports to the first vector, in milliseconds. */
  readonly firstVectorMs: number;
  round(batches: readonly (readonly string[])[], ms: number): Promise<number>;
  vector(text: string): Promise<readonly number[]>;
  /** Most that was resident. */
  residentBytes(): Promise<number>;
  close(): Promise<void>;
}

/** The first Python of `AIWORK_BENCH_PYTHON` (several, as in `PATH`), or else `python3`, that has what a peer needs. */
async function pythonFor(kind: PythonKind): Promise<string | undefined> {
  const named = process.env['AIWORK_BENCH_PYTHON'];
  for (const python of named ? named.split(delimiter) : ['python3']) {
    try {
      await promisify(execFile)(python, ['-c', `import ${modulesOf[kind]}`]);
      return python;
    } catch {}
  }
  return undefined;
}

/** Starts a peer; nothing where no Python has what it needs, which the reason says. */
export async function openPeer(
  kind: PythonKind,
  folder: string,
  threads: number,
): Promise<PythonPeer | { readonly missing: string }> {
  const python = await pythonFor(kind);
  if (python === undefined) return { missing: `no Python of AIWORK_BENCH_PYTHON imports ${modulesOf[kind]}` };
  const begin = performance.now();
  const child = spawn(python, [script, kind, folder, `${threads}`], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  const lines = createInterface({ input: child.stdout });
  const exited = once(child, 'exit').then((): never => {
    throw new Error(`the peer ${kind} ended\n${stderr}`);
  });
  exited.catch(() => {});

  async function answer(): Promise<Record<string, never>> {
    const [line] = await Promise.race([once(lines, 'line'), exited]);
    return JSON.parse(line);
  }

  function call(asked: object): Promise<Record<string, never>> {
    const answered = answer();
    child.stdin.write(`${JSON.stringify(asked)}\n`);
    return answered;
  }

  const { version } = await answer();
  const firstVectorMs = performance.now() - begin;
  return {
    version: `${version}`,
    firstVectorMs,
    round: async (batches, ms) => Number((await call({ call: 'round', batches, ms })).perSecond),
    vector: async (text) => (await call({ call: 'vector', text })).vector ?? [],
    residentBytes: async () => Number((await call({ call: 'memory' })).bytes),
    async close() {
      child.kill('SIGKILL');
      await exited.catch(() => {});
    },
  };
}
