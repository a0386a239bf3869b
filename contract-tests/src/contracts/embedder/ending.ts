import type { CallOptions, Embedder } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { noListenerLeft } from '../aborting.ts';
import { closing } from '../closing.ts';
import { mixedTexts, sameVector, vectorOf, vectorsAlone } from './embedding.ts';

const callsOf = (embedder: Embedder, options: CallOptions) => ({
  'embed()': () => embedder.embed(['rain'], options),
  'embed() of no texts': () => embedder.embed([], options),
});

export const ending: CheckGroup<Embedder> = {
  id: 'ending',
  title: 'Abort and close',
  checks: [
    {
      id: 'embedder.ending.aborted-before',
      rule: 'A call whose signal was aborted before is refused, with the reason as its cause',
      anchor: 'CallOptions.signal',
      why: 'a cancelled step goes on taking time of a model',
      async run(t) {
        const embedder = await t.open();
        const reason = new Error('the user left');
        for (const [name, call] of Object.entries(callsOf(embedder, { signal: AbortSignal.abort(reason) }))) {
          const error = await t.refuses(call, `${name} with an aborted signal`, {
            code: 'AIWORK_CANCELLED',
            notApplied: false,
          });
          t.that(error.cause === reason, `the reason of the signal as the cause of ${name}`, error.cause);
        }
      },
    },
    {
      id: 'embedder.ending.aborted-meanwhile',
      rule: 'A call that is aborted while it runs ends, and others that run beside it come to their results',
      anchor: 'CallOptions.signal',
      why: 'one user who leaves takes the answers of all others along',
      async run(t) {
        const embedder = await t.open();
        const alone = await vectorsAlone(embedder, mixedTexts);
        for (let round = 0; round < 5; round += 1) {
          const leaving = new AbortController();
          const calls = mixedTexts.map((text, i) =>
            vectorOf(embedder, text, i % 2 === 0 ? { signal: leaving.signal } : {}).then(
              (vector) => ({ vector }),
              (error: unknown) => ({ error }),
            ),
          );
          for (let turn = 0; turn < round; turn += 1) await Promise.resolve();
          leaving.abort(new Error('the user left'));
          for (const [i, ended] of (await Promise.all(calls)).entries()) {
            if ('vector' in ended)
              sameVector(t, ended.vector, alone[i], 'the vectors of a call beside others');
            else {
              t.that(i % 2 === 0, 'calls that nobody aborts to come to their results', ended.error);
              await t.refuses(() => Promise.reject(ended.error), 'a call that is aborted', {
                code: 'AIWORK_CANCELLED',
                notApplied: false,
              });
            }
          }
        }
      },
    },
    noListenerLeft<Embedder>({ contract: 'embedder', calls: callsOf }),
    ...closing<Embedder>({
      contract: 'embedder',
      noun: 'embedder',
      calls: (embedder) => callsOf(embedder, {}),
      write: (embedder, n) => embedder.embed([`rain ${n}`]),
      use: (embedder, n) => embedder.embed([`rain ${n}`]),
    }),
  ],
};
