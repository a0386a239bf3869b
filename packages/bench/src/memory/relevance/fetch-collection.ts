import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { env, pid } from 'node:process';
import { type CollectionTexts, readCollection, type TestCollection } from './test-collection.ts';

/** Where a file is kept, and its SHA-256. */
interface PublishedFile {
  readonly path: string;
  readonly sha256: string;
}

export interface PublishedCollection {
  readonly name: string;
  readonly files: Readonly<Record<keyof CollectionTexts, PublishedFile>>;
}

const repository = 'pahopu/trec-xml-dataset';
const commit = '5eb9739cf95b8ec274eaf855cee4ec0fc444c345';

/** The collections of Cranfield (aeronautics, 1967) and CISI (library science). */
export const publishedCollections: readonly PublishedCollection[] = [
  {
    name: 'Cranfield',
    files: {
      documents: {
        path: 'cranfield/cran.doc.1400.xml',
        sha256: '0fc7f918686c5682fe2a7d60cb23b41aceb58b066eb2d9d2ffd66a6b25ea7613',
      },
      queries: {
        path: 'cranfield/cran.query.225.xml',
        sha256: '89e5976cd15a316052a5938a614d5ea97305be89448669a83350d33b439e7e85',
      },
      judgements: {
        path: 'cranfield/cran.res.225.xml',
        sha256: 'bd4007cb82c14086f6dc0b7c107b685fdf3d4aeba1f8e9ccd27dfe9aef648e4b',
      },
    },
  },
  {
    name: 'CISI',
    files: {
      documents: {
        path: 'cisi/cisi.doc.1460.xml',
        sha256: 'aeb9342bded60620798c4362acae93abf8fc96c8d1104edb7c5e09cc17b5192a',
      },
      queries: {
        path: 'cisi/cisi.query.76.xml',
        sha256: '99b34cf0b8b2a3958b133e3fbbaba0d79f6b22aaec5738768cf2bc383127806f',
      },
      judgements: {
        path: 'cisi/cisi.res.76.xml',
        sha256: 'fc81a482d8728f9351c1aa9d5cc5c1a65367de4c06a36a071fe2b6a632d611d7',
      },
    },
  },
];

const limitMs = 60_000;

/**
 * A collection, fetched once and kept in the user's cache. Nobody is asked for what is there.
 *
 * @throws an error that says why, where it cannot be had.
 */
export async function fetchCollection({ name, files }: PublishedCollection): Promise<TestCollection> {
  const [documents, queries, judgements] = await Promise.all(
    [files.documents, files.queries, files.judgements].map(textOf),
  );
  return readCollection(name, {
    documents: documents as string,
    queries: queries as string,
    judgements: judgements as string,
  });
}

async function textOf({ path, sha256 }: PublishedFile): Promise<string> {
  const cache = join(
    env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'aiwork',
    'test-collections',
    commit,
  );
  const kept = join(cache, path);
  const known = await readFile(kept).catch(() => undefined);
  if (known && digestOf(known) === sha256) return known.toString('utf8');
  const bytes = await download(path);
  if (digestOf(bytes) !== sha256)
    throw new Error(`${path} of ${repository} is not what it was: ${digestOf(bytes)}`);
  await mkdir(dirname(kept), { recursive: true });
  await writeFile(`${kept}.${pid}`, bytes);
  await rename(`${kept}.${pid}`, kept);
  return bytes.toString('utf8');
}

async function download(path: string): Promise<Buffer> {
  const url = `https://raw.githubusercontent.com/${repository}/${commit}/${path}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(limitMs) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
