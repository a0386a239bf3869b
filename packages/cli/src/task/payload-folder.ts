import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PayloadRef } from '@aiwork/core';
import { UsageError } from '../usage-error.ts';
import { writeAtomically } from '../write-atomically.ts';

/** A folder that all tasks of a run see, with outputs too large to be passed on by whoever leads it. */
export interface PayloadFolder {
  put(json: string): Promise<PayloadRef>;
  /** The JSON data of a reference. @throws `AIWORK_USAGE` when it is gone, or not what it was. */
  get(ref: PayloadRef): Promise<unknown>;
}

export function payloadFolder(dir: string): PayloadFolder {
  return {
    async put(json) {
      const data = Buffer.from(json, 'utf8');
      const ref = { hash: hashOf(data), bytes: data.byteLength };
      const file = join(dir, ref.hash);
      const there = await stat(file).catch(() => undefined);
      if (there?.size !== ref.bytes) await writeAtomically(file, json);
      return ref;
    },
    async get({ hash, bytes }) {
      const file = join(dir, hash);
      const data = await readFile(file).catch((cause: Error) => {
        throw new UsageError(`cannot read ${file}, which the request refers to: ${cause.message}`, {
          hint: '--out-dir has to name the folder that the task which made it wrote to, on a disk both see',
        });
      });
      if (data.byteLength !== bytes || hashOf(data) !== hash) {
        throw new UsageError(`${file}, which the request refers to, is not what was written there`);
      }
      return JSON.parse(data.toString('utf8'));
    },
  };
}

function hashOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
