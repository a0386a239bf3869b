import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Ranker } from './rank.ts';
import { english } from './word-rankers.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./lucene.py', import.meta.url));
const modules = ['bm25s==0.3.16', 'PyStemmer==3.1.0'];
const limitMs = 300_000;

export const lucene = {
  plain: "bm25s, Lucene's BM25",
  english: "bm25s, Lucene's BM25, English",
  sameWords: "bm25s, Lucene's BM25, words of @aiwork/memory, English",
} as const;

export const luceneVersion = { bm25s: '0.3.16' };

/**
 * BM25 by Lucene's formula, constants, stop words and stemmer: bm25s, from the package index that pip of this machine knows,
 * kept in the user's cache.
 *
 * @throws an error that says why, where it cannot be had.
 */
export async function luceneRankers(): Promise<readonly Ranker[]> {
  const modulesAt = await modulesFolder();
  const ranker = (name: string, words: 'plain' | 'english' | 'given'): Ranker => ({
    name,
    async rank({ documents, queries }, topK) {
      const cut = ({ text }: { readonly text: string }) =>
        words === 'given' ? english.tokenize(text) : text;
      const asked = { documents: documents.map(cut), queries: queries.map(cut), words, topK };
      const answer = run('python3', [script], {
        env: { ...env, PYTHONPATH: modulesAt },
        timeout: limitMs,
        maxBuffer: 2 ** 26,
      });
      answer.child.stdin?.end(JSON.stringify(asked));
      const found = JSON.parse((await answer).stdout) as number[][];
      return found.map((places) => places.map((n) => documents[n]?.id as string));
    },
  });
  return [
    ranker(lucene.plain, 'plain'),
    ranker(lucene.english, 'english'),
    ranker(lucene.sameWords, 'given'),
  ];
}

async function modulesFolder(): Promise<string> {
  const { stdout } = await run('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  const cache = join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aiwork', 'bench-modules');
  const folder = join(cache, `python${stdout.trim()}-${modules.join('-').replaceAll('==', '-')}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(join(cache, 'installing-'));
  try {
    const target = ['--quiet', '--target', fresh];
    await run('python3', ['-m', 'pip', 'install', ...target, ...modules], { timeout: limitMs });
    await rename(fresh, folder);
    return folder;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}
