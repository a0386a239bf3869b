import { appendFile, open } from 'node:fs/promises';
import type { AuditEntry, AuditLog } from './audit-log.ts';

/**
 * An audit log in a file, an entry a line, as JSON. Lines that are asked for together are written together; an entry is
 * with the operating system before its request is answered, so that it outlives the process. The file is opened anew for
 * every write: it can be moved away at any time. Only who runs the server may read it.
 *
 * Servers that share a file need a file system that appends atomically, as local ones do.
 *
 * @example
 * ```ts
 * import { mkdtemp, readFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { auditFile, createServer } from '@aiwork/server';
 * import { z } from 'zod';
 *
 * const path = join(await mkdtemp(join(tmpdir(), 'aiwork-')), 'audit.jsonl');
 * const double = defineTask({ id: 'double', input: z.number(), run: (n) => 2 * n });
 * await using orchestrator = createOrchestrator();
 * await using server = await createServer({ orchestrator, units: [double], audit: auditFile(path) });
 * await server.app.inject({ method: 'POST', url: '/execute', body: { unit: 'double', input: 21 } });
 * console.log(JSON.parse(await readFile(path, 'utf8')).action); // start
 * ```
 * @since 0.1.0
 */
export function auditFile(path: string): AuditLog {
  /** Lines of the next write. */
  let next: { readonly lines: string[]; readonly written: Promise<void> } | undefined;
  let last: Promise<void> = Promise.resolve();
  let isWhole = false;

  async function append(lines: readonly string[]): Promise<void> {
    const mend = isWhole || (await endsWithLine(path)) ? '' : '\n';
    isWhole = false;
    await appendFile(path, `${mend}${lines.join('')}`, { mode: 0o600 });
    isWhole = true;
  }

  return {
    write(entry: AuditEntry) {
      const line = `${JSON.stringify(entry)}\n`;
      if (next) {
        next.lines.push(line);
        return next.written;
      }
      const lines = [line];
      const written = last.then(() => {
        next = undefined;
        return append(lines);
      });
      next = { lines, written };
      last = written.catch(() => {});
      return written;
    },
  };
}

/** A process that was killed, or a full disk, may have left a part of a line. */
async function endsWithLine(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (!file) return true;
  try {
    const { size } = await file.stat();
    if (size === 0) return true;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer.toString() === '\n';
  } finally {
    await file.close();
  }
}
