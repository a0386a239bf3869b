import { defineTask } from '@aiwork/core';
import { z } from 'zod';
import { redactSecrets } from '../check/redact-secrets.ts';
import { type ReadResult, readDocument } from './read-document.ts';

/** Reads one file. Runs once for each file of the folder; what is wrong with a file is part of its result. */
export const readFileTask = defineTask({
  id: 'read-file',
  input: z.object({
    folder: z.string(),
    path: z.string(),
    kind: z.enum(['markdown', 'html', 'pdf', 'code', 'data', 'text']),
  }),
  async run({ folder, ...file }, { signal, log }): Promise<ReadResult> {
    const result = await readDocument(folder, file, signal);
    if ('skipped' in result) {
      log.info(`${file.path} is left out: ${result.skipped.reason}`);
      return result;
    }
    const { document } = result;
    return { document: { ...document, blocks: await redactSecrets(document.blocks, signal) } };
  },
});
