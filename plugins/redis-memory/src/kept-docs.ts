import { AiworkError, type MemoryDoc } from '@aiwork/core';
import type { Connection, Script } from '@aiwork/redis/adapter-kit';
import { checkMaking, type Making, storedMaking } from './making.ts';
import type { MemoryKeys } from './memory-keys.ts';
import {
  changesSince,
  dropDocs,
  keepDocs,
  lookAt,
  readDocs,
  type Sizes,
  trimChanges,
} from './memory-scripts.ts';
import { decodeDoc, encodeDoc } from './stored-doc.ts';

/** A step from one state of the memory to another: `''` where nothing was ever written. */
export interface Step {
  readonly from: string;
  readonly to: string;
}

/** What an id is now. */
export interface KeptDoc {
  readonly id: string;
  /** The change that it is of. */
  readonly version: string;
  readonly doc: MemoryDoc;
}

/** What has happened since a change, or a part of it. */
export interface Changes {
  readonly head: string;
  /** How many documents there are at `head`. */
  readonly documents: number;
  /** `gap` where it cannot be said, since too much happened or the server has lost something. */
  readonly is: 'all' | 'more' | 'gap';
  /** Up to where these are. */
  readonly to: string;
  readonly kept: readonly KeptDoc[];
  readonly dropped: readonly string[];
  /** Whether something was to leave nothing behind. */
  readonly hasForgotten: boolean;
}

/** The documents as Redis has them. */
export interface KeptDocs {
  /** All in one step, or none. */
  keep(docs: readonly MemoryDoc[], signal?: AbortSignal): Promise<Step & { readonly version: string }>;
  delete(ids: readonly string[], signal?: AbortSignal): Promise<Step & { readonly count: number }>;
  /** Deletes those that are of these versions still, and has every process leave nothing of them. */
  forget(versions: ReadonlyMap<string, string>, signal?: AbortSignal): Promise<number>;
  changesSince(change: string, signal?: AbortSignal): Promise<Changes>;
  /** @throws `AIWORK_INVALID_ARGUMENT` when the memory was made for something else. */
  look(signal?: AbortSignal): Promise<Pick<Changes, 'head' | 'documents'>>;
  /** The versions of all ids that are there all the while; of others, perhaps. */
  versions(signal?: AbortSignal): AsyncGenerator<ReadonlyMap<string, string>>;
  /** Those of `ids` that are there. */
  read(ids: readonly string[], signal?: AbortSignal): AsyncGenerator<readonly KeptDoc[]>;
  /** Lets go of changes that are older, and with them of ids of what was deleted. */
  tidy(olderThanMs: number): Promise<void>;
}

/** What one request gives or takes, so that it holds neither the server nor this process for long. */
const pageBytes = 4 << 20;
const pageEntries = 1000;
/** Of one batch. */
const maxBatchBytes = 64 << 20;

const scan = { name: 'HSCAN', what: 'list its versions', lostReply: 'repeat' } as const;
const bytes = 'bytes' as const;

export function createKeptDocs(connection: Connection, keys: MemoryKeys, making: Making): KeptDocs {
  const { where } = connection;

  /** @throws `AIWORK_CORRUPT_DATA` when the keys do not belong together any more. */
  function documentsOf([counted, docs, versions]: Sizes): number {
    // Where nobody has counted, the server was out of memory.
    const documents = counted.length === 0 ? docs : Number(counted.toString());
    if (docs !== versions || documents !== docs)
      throw new AiworkError(
        'AIWORK_CORRUPT_DATA',
        `the memory in ${where} has lost keys, or somebody else has changed them: there are ${docs} documents and ${versions} versions, and there should be ${documents}. Set maxmemory-policy to noeviction, delete ${keys.map((key) => JSON.stringify(key)).join(', ')}, and write the documents anew`,
      );
    return documents;
  }

  function docOf(id: string, version: Buffer, stored: Buffer): KeptDoc {
    try {
      return { id, version: version.toString(), doc: decodeDoc(id, stored, making.dimensions) };
    } catch {
      // The error of JSON.parse quotes what it read.
      throw new AiworkError(
        'AIWORK_CORRUPT_DATA',
        `${where}: the document ${JSON.stringify(id)} in ${JSON.stringify(keys[0])} cannot be read: write it anew`,
      );
    }
  }

  const run = <Reply>(
    script: Script<Reply>,
    args: readonly (string | number | Buffer)[],
    signal: AbortSignal | undefined,
  ) => connection.run(script, keys, args, { signal, reply: bytes });

  async function drop(
    kind: 'd' | 'f',
    versions: Iterable<readonly [id: string, version: string]>,
    signal: AbortSignal | undefined,
  ): Promise<Step & { readonly count: number }> {
    const [from, to, count] = await connection.run(dropDocs, keys, [kind, ...[...versions].flat()], {
      signal,
    });
    return { from, to, count };
  }

  return {
    async keep(docs, signal) {
      const args: (string | Buffer)[] = [...storedMaking(making)];
      let batchBytes = 0;
      for (const doc of docs) {
        const encoded = encodeDoc(doc);
        batchBytes += encoded.length;
        if (batchBytes > maxBatchBytes)
          throw new AiworkError(
            'AIWORK_LIMIT_EXCEEDED',
            `the batch has more than ${maxBatchBytes} bytes, which is what one step of Redis takes: split it`,
            { outcome: 'not-applied' },
          );
        args.push(doc.id, encoded);
      }
      const reply = await connection.run(keepDocs, keys, args, { signal });
      const [is, ...said] = reply;
      if (is === 'refused') {
        checkMaking(where, making, said);
        throw new Error('the script refuses what this package does not');
      }
      const [from, to, version] = said;
      return { from, to, version };
    },
    delete: (ids, signal) =>
      drop(
        'd',
        ids.map((id) => [id, ''] as const),
        signal,
      ),
    forget: async (versions, signal) => (await drop('f', versions, signal)).count,
    async changesSince(change, signal) {
      const args = [change, pageBytes, pageEntries];
      const [head, counted, docs, versions, is, to, forgotten, ...found] = await run(
        changesSince,
        args,
        signal,
      );
      const kept: KeptDoc[] = [];
      const dropped: string[] = [];
      for (let at = 0; at + 2 < found.length; at += 3) {
        const [id, version, stored] = found.slice(at, at + 3) as [Buffer, Buffer, Buffer];
        if (version.length === 0) dropped.push(id.toString());
        else kept.push(docOf(id.toString(), version, stored));
      }
      const said = is.toString();
      return {
        head: head.toString(),
        documents: documentsOf([counted, docs, versions]),
        is: said === 'gap' || said === 'more' ? said : 'all',
        to: to.toString(),
        kept,
        dropped,
        hasForgotten: forgotten === 1,
      };
    },
    async look(signal) {
      const [head, counted, docs, versions, ...made] = await run(lookAt, [], signal);
      const [stored, dimensions, model] = made.map((each) => each.toString()) as [string, string, string];
      checkMaking(where, making, [stored, dimensions, model]);
      return { head: head.toString(), documents: documentsOf([counted, docs, versions]) };
    },
    async *versions(signal) {
      let cursor = '0';
      do {
        const [next, page] = await connection.send<readonly [string, readonly string[]]>(
          scan,
          [keys[1]],
          [cursor, 'COUNT', pageEntries],
          { signal },
        );
        const found = new Map<string, string>();
        for (let at = 0; at + 1 < page.length; at += 2) found.set(page[at] as string, page[at + 1] as string);
        yield found;
        cursor = next;
      } while (cursor !== '0');
    },
    async *read(ids, signal) {
      for (let from = 0; from < ids.length; ) {
        const asked = ids.slice(from, from + pageEntries);
        const found = await run(readDocs, [pageBytes, ...asked], signal);
        const read = found.length / 2;
        const kept = asked.slice(0, read).flatMap((id, at) => {
          const [version, stored] = found.slice(2 * at, 2 * at + 2) as [Buffer, Buffer];
          return version.length === 0 ? [] : [docOf(id, version, stored)];
        });
        yield kept;
        from += read;
      }
    },
    async tidy(olderThanMs) {
      await connection.run(trimChanges, keys, [olderThanMs]);
    },
  };
}
