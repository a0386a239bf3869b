import { AiworkError, type Embedder } from '@aiwork/core';
import { listening } from '../careless.ts';
import { leavesATimer } from '../leaves-a-timer.ts';
import { inClients, type Saboteur, yieldTurns } from '../saboteur.ts';

export const endingSaboteurs: readonly Saboteur<Embedder>[] = [
  {
    id: 'hears-no-signal',
    breaks: 'Goes on when it was aborted before',
    caughtBy: [
      { check: 'embedder.ending.aborted-before', message: 'embed() with an aborted signal to be refused' },
    ],
    sabotage: inClients((embedder) => ({
      embed: (texts, { signal: _, ...options } = {}) => embedder.embed(texts, options),
    })),
  },
  {
    id: 'throws-the-reason',
    breaks: 'Rejects with the bare reason of the signal',
    caughtBy: [
      { check: 'embedder.ending.aborted-before', message: 'to be refused with AIWORK_CANCELLED' },
      { check: 'embedder.ending.aborted-meanwhile', message: 'to be refused with AIWORK_CANCELLED' },
    ],
    sabotage: inClients((embedder) => ({
      async embed(texts, options) {
        try {
          return await embedder.embed(texts, options);
        } catch (error) {
          throw options?.signal?.aborted ? options.signal.reason : error;
        }
      },
    })),
  },
  {
    id: 'takes-the-others-along',
    breaks: 'Rejects all calls that are under way when one of them is aborted',
    caughtBy: [
      {
        check: 'embedder.ending.aborted-meanwhile',
        message: 'calls that nobody aborts to come to their results',
      },
    ],
    sabotage: inClients((embedder) => {
      let aborted = false;
      return {
        async embed(texts, options) {
          const abort = () => {
            aborted = true;
          };
          options?.signal?.addEventListener('abort', abort);
          await yieldTurns(2);
          options?.signal?.removeEventListener('abort', abort);
          const embeddings = await embedder.embed(texts, options);
          if (aborted) throw new AiworkError('AIWORK_CANCELLED', 'the batch was aborted');
          return embeddings;
        },
      };
    }),
  },
  {
    id: 'keeps-listening',
    breaks: 'Leaves its listener on the signal',
    caughtBy: [
      { check: 'embedder.ending.no-listener-left', message: 'the number of listeners left on the signal' },
    ],
    sabotage: inClients((embedder) => ({ embed: listening(embedder.embed) })),
  },
  {
    id: 'disposed-of-by-nobody',
    breaks: 'Closes nothing when it is disposed of',
    caughtBy: [
      { check: 'embedder.ending.closed-for-good', message: 'after it was disposed of to be refused' },
    ],
    sabotage: inClients<Embedder>(() => ({ async [Symbol.asyncDispose]() {} })),
  },
  {
    id: 'closes-at-once',
    breaks: 'Does not wait for calls when it is closed',
    caughtBy: [
      {
        check: 'embedder.ending.close-waits',
        message: 'the number of 20 writes in flight that were settled when close() resolved',
      },
    ],
    sabotage: inClients((embedder) => ({
      async close() {
        void embedder.close();
      },
    })),
  },
  {
    id: 'leaves-a-timer',
    breaks: 'Leaves a timer behind when it is closed',
    caughtBy: [
      { check: 'embedder.ending.no-handle-left', message: 'handles that 4 closed clients left open' },
    ],
    sabotage: leavesATimer,
  },
];
