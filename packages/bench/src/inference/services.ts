import { fileURLToPath } from 'node:url';
import { type LineProcess, startLines } from './line-process.ts';
import type { ModelFiles } from './model-files.ts';
import type { PythonForPeers } from './python/python-for-peers.ts';

const command = fileURLToPath(new URL('../../../cli/', import.meta.url));
const peer = fileURLToPath(new URL('./python/service.py', import.meta.url));

/** Which of our packages are measured: those that are built, as they are published, or their sources. */
export type Packages = 'built' | 'sources';

/** A service that embeds what is posted to `/embed`. */
export interface Service {
  readonly name: string;
  readonly url: string;
  /** From nothing to the first vector over HTTP, in milliseconds. */
  readonly firstVectorMs: number;
  residentBytes(): Promise<number>;
  close(): Promise<void>;
}

export interface ServiceKind {
  readonly name: string;
  start(): Promise<{ readonly process: LineProcess; readonly url: string }>;
}

/** What `deploy/embeddings` sets. */
const deployed = { NODE_OPTIONS: '--max-semi-space-size=4', MALLOC_ARENA_MAX: '2' };

export const servedByPyTorch = 'FastAPI and sentence-transformers, fp32';

interface Serving {
  readonly files: ModelFiles;
  readonly packages: Packages;
  /** That of the original. */
  readonly folder: string;
  readonly threads: number;
  readonly peers: PythonForPeers;
}

/** The services to compare: ours in each precision that matters, and one as it is made in Python. */
export function serviceKinds({ files, packages, folder, threads, peers }: Serving): readonly ServiceKind[] {
  const ours = (['int8', 'fp32'] as const).flatMap((precision) => {
    const place = files.places.get(precision);
    if (!place) return [];
    const name = `aiwork serve, ${precision}`;
    return [
      serve(name, place.arrow, packages, {}),
      serve(`${name}, as deploy/embeddings sets it up`, place.arrow, packages, deployed),
    ];
  });
  if ('missing' in peers) return ours;
  const start = async () => {
    const started = startLines(peers.python, [peer, folder, `${threads}`]);
    return { process: started, url: String(JSON.parse(await started.line()).url) };
  };
  return [...ours, { name: servedByPyTorch, start }];
}

function serve(
  name: string,
  file: string,
  packages: Packages,
  env: Readonly<Record<string, string>>,
): ServiceKind {
  const program =
    packages === 'built'
      ? [`${command}dist/main.js`]
      : ['--conditions=@aiwork/source', `${command}src/main.ts`];
  const options = ['--model', `model=${file}`, '--port', '0', '--log', 'json'];
  return {
    name,
    async start() {
      const args = [...program, 'serve', ...options];
      const started = startLines(process.execPath, args, { cwd: command, env });
      for (;;) {
        const [url] = /http:\/\/127[\d.:]+/.exec(await started.line()) ?? [];
        if (url !== undefined) return { process: started, url };
      }
    },
  };
}

/** Starts a service, and waits for its first vector. */
export async function openService({ name, start }: ServiceKind): Promise<Service> {
  const begin = performance.now();
  const { process: started, url } = await start();
  try {
    const body = JSON.stringify({ texts: ['the first text'] });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/embed`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`${name} answers ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
    const firstVectorMs = performance.now() - begin;
    return { name, url, firstVectorMs, residentBytes: started.residentBytes, close: started.close };
  } catch (error) {
    await started.close();
    throw error;
  }
}
