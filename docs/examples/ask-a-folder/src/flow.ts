import { defineFlow } from '@aiwork/core';
import { z } from 'zod';
import { sourcesOf } from './answer/answer.ts';
import { askModel } from './answer/ask-model.ts';
import { parseCitedText } from './answer/cited-text.ts';
import { extractAnswer } from './answer/extract.ts';
import { answerGuardrails } from './check/answer-guardrails.ts';
import { chooseAnswer } from './check/choose-answer.ts';
import { readFileTask } from './read/read-file-task.ts';
import { writeReport } from './report/write-report.ts';
import { resultOf } from './result.ts';
import { findPassages, indexPassages } from './retrieve/find-passages.ts';
import { splitDocument } from './retrieve/split.ts';
import { scanFolder } from './scan/scan-folder.ts';

/** Files read at once. */
const atOnce = 8;

/**
 * Reads a folder, finds the passages that fit a question, answers from them, checks the answer and writes a report.
 *
 * Every step's output is kept in the run's journal, so that a run on a state file can be resumed after a crash.
 */
export const askAFolder = defineFlow(
  {
    id: 'ask-a-folder',
    input: z.object({
      /** An absolute path, links resolved. */
      folder: z.string(),
      /** What people call it. */
      title: z.string(),
      question: z.string(),
      /** Extensions to look at, without dots; all when it is not given. */
      only: z.array(z.string()).optional(),
      /** Folder of the report. */
      out: z.string(),
      /** Absolute paths that are left out: what the demo itself writes. */
      exclude: z.array(z.string()),
      /** Whether a chat model is set up. */
      hasModel: z.boolean(),
      /** Whether an embedding model is set up. */
      hasMeanings: z.boolean().default(false),
    }),
  },
  (f) => {
    const { input } = f;

    const scan = f.step('scan', {
      needs: { input },
      run: ({ input }, { signal }) => scanFolder({ ...input, signal }),
    });

    const read = f.map('read', readFileTask, {
      needs: { input, scan },
      over: ({ input, scan }) => scan.files.map((file) => ({ folder: input.folder, ...file })),
      concurrency: atOnce,
    });

    const split = f.step('split', {
      needs: { read },
      run: ({ read }) =>
        read.flatMap((result) => ('document' in result ? splitDocument(result.document) : [])),
    });

    const index = f.step('index', {
      needs: { input, split },
      async run({ input, split: passages }, { use, runId, signal, emit }) {
        const embedder = input.hasMeanings ? use('embedder') : undefined;
        const onIndexed = (count: number) => emit('indexed', { count, of: passages.length });
        await indexPassages({ memory: use('memory'), passages, runId, signal, embedder, onIndexed });
        return { passages: passages.length };
      },
    });

    const retrieve = f.step('retrieve', {
      needs: { input, split, index },
      async run({ input, split: passages, index }, { use, runId, signal }) {
        const embedder = input.hasMeanings ? use('embedder') : undefined;
        const search = { memory: use('memory'), passages, runId, signal, embedder };
        // A resumed run kept its results, but this process's memory is new.
        if ((await search.memory.count({ signal })) < index.passages) await indexPassages(search);
        return findPassages(input.question, search);
      },
    });

    const extract = f.step('extract', {
      needs: { retrieve },
      run: ({ retrieve }) => extractAnswer(retrieve),
    });

    const ask = f.step('ask-model', {
      needs: { input, retrieve },
      when: ({ input, retrieve }) => input.hasModel && retrieve.hits.length > 0,
      // The quoted answer is there in any case.
      onError: 'continue',
      timeout: '2m',
      run({ input, retrieve }, ctx) {
        const sources = sourcesOf(retrieve);
        const guardrails = answerGuardrails(sources, parseCitedText);
        return askModel({ question: input.question, sources, guardrails, ctx });
      },
    });

    const check = f.step('check', {
      needs: { input, extract, ask },
      run: ({ input, extract, ask }, { signal }) =>
        chooseAnswer({ written: ask, quoted: extract, expectModel: input.hasModel, signal }),
    });

    const result = f.step('result', {
      needs: { input, scan, read, split, retrieve, check },
      run: (parts) => resultOf(parts),
    });

    return f.step('report', {
      needs: { input, result },
      run: async ({ input, result }, { runId, signal }) => ({
        ...result,
        report: await writeReport({ result, folder: input.out, runId, signal }),
      }),
    });
  },
);
