import type { ChatModelUnderTest } from '../../contracts/chat-model/chat-model-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken, ruled } from './broken.ts';

const never = new AbortController().signal;

/** More than any check waits. */
const leakMs = 3000;

export const endingSaboteurs: readonly Saboteur<ChatModelUnderTest>[] = [
  {
    id: 'asks-in-spite-of-an-abort',
    breaks: 'Looks at the signal once there is an answer',
    caughtBy: [{ check: 'chat-model.ending.aborted-before', message: 'the number of requests to be 0' }],
    sabotage: broken((model) => ({
      async *stream(request, { signal }) {
        for await (const chunk of model.stream(request, { signal: never })) {
          signal.throwIfAborted();
          yield chunk;
        }
      },
    })),
  },
  {
    id: 'wraps-the-reason',
    breaks: 'Throws an error of its own for a signal that aborted',
    caughtBy: [
      { check: 'chat-model.ending.aborted-waiting', message: 'the reason of the signal to be thrown' },
      { check: 'chat-model.ending.aborted-before', message: 'the reason of the signal to be thrown' },
    ],
    sabotage: broken((model) => ({
      async *stream(request, options) {
        try {
          yield* model.stream(request, options);
        } catch (error) {
          throw options.signal.aborted ? new DOMException('This operation was aborted', 'AbortError') : error;
        }
      },
    })),
  },
  {
    id: 'leaves-connections-open',
    breaks: 'Stops to listen, and leaves the connection as it is',
    deadlineMs: 2000,
    caughtBy: [
      { check: 'chat-model.ending.aborted-waiting', message: 'an answer within' },
      { check: 'chat-model.ending.aborted-streaming', message: 'an answer within' },
      { check: 'chat-model.ending.slow-first-token', message: 'an answer within' },
    ],
    sabotage: ruled({ closes: false }),
  },
  {
    id: 'ends-quietly-when-aborted',
    breaks: 'Ends the reply when the signal aborts, as if it was whole',
    caughtBy: [
      { check: 'chat-model.ending.aborted-streaming', message: 'the reason of the signal to be thrown' },
    ],
    sabotage: broken((model) => ({
      async *stream(request, options) {
        try {
          yield* model.stream(request, options);
        } catch (error) {
          if (!options.signal.aborted) throw error;
        }
      },
    })),
  },
  {
    id: 'reads-on-alone',
    breaks: 'Reads on to the end when its reader has stopped',
    deadlineMs: 2000,
    caughtBy: [{ check: 'chat-model.ending.reader-stops', message: 'an answer within' }],
    sabotage: broken((model) => ({
      stream(request, options) {
        const chunks = model.stream(request, options)[Symbol.asyncIterator]();
        const next = () => chunks.next();
        return {
          [Symbol.asyncIterator]: () => ({ next, return: async () => ({ done: true, value: undefined }) }),
        };
      },
    })),
  },
  {
    id: 'waits-for-ever',
    breaks: 'Waits for as long as the provider likes',
    deadlineMs: 2000,
    caughtBy: [
      { check: 'chat-model.ending.slow-first-token', message: 'an answer within' },
      { check: 'chat-model.ending.stalled', message: 'an answer within' },
    ],
    sabotage: (subject) => ({
      ...subject,
      async open(options) {
        const client = await subject.open(options);
        return { ...client, impatient: client.model };
      },
    }),
  },
  {
    id: 'takes-keep-alives-for-parts',
    breaks: 'Begins to wait anew with every byte',
    deadlineMs: 3000,
    caughtBy: [{ check: 'chat-model.ending.stalled', message: 'an answer within' }],
    sabotage: ruled({ aliveByBytes: true }),
  },
  {
    id: 'reads-ahead',
    breaks: 'Reads as fast as the provider sends, and keeps it',
    caughtBy: [{ check: 'chat-model.ending.slow-reader', message: 'less than 32000000 bytes to be taken' }],
    sabotage: ruled({
      async *readAhead(body) {
        const chunks: Uint8Array[] = [];
        let wake = Promise.withResolvers<void>();
        let over = false;
        const reading = (async () => {
          for await (const bytes of body) {
            chunks.push(bytes);
            wake.resolve();
          }
        })();
        const end = () => {
          over = true;
          wake.resolve();
        };
        reading.then(end, end);
        for (;;) {
          await wake.promise;
          wake = Promise.withResolvers();
          yield* chunks.splice(0);
          if (over) return await reading;
        }
      },
    }),
  },
  {
    id: 'hurries-its-reader',
    breaks: 'Gives a reply up because its reader was slow',
    caughtBy: [{ check: 'chat-model.ending.slow-reader', message: 'the calls of this check to succeed' }],
    sabotage: ruled({ hurriesReader: true }),
  },
  {
    id: 'listens-for-ever',
    breaks: 'Leaves a listener on the signal of each call',
    caughtBy: [
      { check: 'chat-model.ending.no-listener-left', message: 'the number of listeners left on the signal' },
    ],
    sabotage: broken((model) => ({
      stream(request, options) {
        options.signal.addEventListener('abort', () => {});
        return model.stream(request, options);
      },
    })),
  },
  {
    id: 'leaves-timers',
    breaks: 'Leaves the timer of each call running',
    caughtBy: [
      { check: 'chat-model.ending.no-handle-left', message: 'handles that 6 calls left open to be []' },
    ],
    sabotage: broken((model) => ({
      stream(request, options) {
        setTimeout(() => {}, leakMs);
        return model.stream(request, options);
      },
    })),
  },
  {
    id: 'leaves-a-rejection',
    breaks: 'Leaves a promise behind that nobody handles when a call fails',
    caughtBy: [
      {
        check: 'chat-model.ending.nothing-stray',
        message: 'errors that nobody handles, and output to be []',
      },
    ],
    sabotage: broken((model) => ({
      async *stream(request, options) {
        try {
          yield* model.stream(request, options);
        } catch (error) {
          void Promise.reject(error);
          throw error;
        }
      },
    })),
  },
];
