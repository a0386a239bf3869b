import { AiworkError, type CallOptions, type ModelRuntime } from '@aiwork/core';
import { listening } from '../careless.ts';
import { leavesATimer } from '../leaves-a-timer.ts';
import { inClients, type Saboteur, yieldTurns } from '../saboteur.ts';
import { inModels } from './reference.ts';

const catches = (name: string, message: string) => [{ check: `model-runtime.ending.${name}`, message }];

const withoutSignal = <Options extends CallOptions>({
  signal: _,
  ...options
}: Options): Omit<Options, 'signal'> => options;

export const endingSaboteurs: readonly Saboteur<ModelRuntime>[] = [
  {
    id: 'infers-without-signal',
    breaks: 'Infers although it was aborted before',
    caughtBy: catches('aborted-before', 'infer() with an aborted signal to be refused'),
    sabotage: inModels((model) => ({
      infer: (inputs, options = {}) => model.infer(inputs, withoutSignal(options)),
    })),
  },
  {
    id: 'loads-without-signal',
    breaks: 'Loads although it was aborted before',
    caughtBy: catches('aborted-before', 'load() with an aborted signal to be refused'),
    sabotage: inClients((runtime) => ({
      load: (source, options = {}) => runtime.load(source, withoutSignal(options)),
    })),
  },
  {
    id: 'throws-the-reason',
    breaks: 'Rejects with the bare reason of the signal',
    caughtBy: [
      ...catches('aborted-before', 'to be refused with AIWORK_CANCELLED'),
      ...catches('aborted-meanwhile', 'to be refused with AIWORK_CANCELLED'),
    ],
    sabotage: inModels((model) => ({
      infer: (inputs, options) =>
        model.infer(inputs, options).catch((error: unknown) => {
          throw options?.signal?.aborted ? options.signal.reason : error;
        }),
    })),
  },
  {
    id: 'ends-what-it-began',
    breaks: 'Gives an output to who has left',
    caughtBy: catches('aborted-meanwhile', 'a call that is aborted to be refused'),
    sabotage: inModels((model) => ({
      async infer(inputs, options = {}) {
        if (options.signal?.aborted) return model.infer(inputs, options);
        return model.infer(inputs, withoutSignal(options));
      },
    })),
  },
  {
    id: 'takes-the-others-along',
    breaks: 'Ends all inferences when one of them is aborted',
    caughtBy: catches('aborted-meanwhile', 'the calls of this check to succeed'),
    sabotage: inModels((model) => {
      let isAborted = false;
      return {
        async infer(inputs, options) {
          const abort = () => {
            isAborted = true;
          };
          options?.signal?.addEventListener('abort', abort);
          const outputs = await model
            .infer(inputs, options)
            .finally(() => options?.signal?.removeEventListener('abort', abort));
          if (isAborted) throw new AiworkError('AIWORK_CANCELLED', 'the engine was stopped');
          return outputs;
        },
      };
    }),
  },
  {
    id: 'keeps-listening',
    breaks: 'Leaves its listener on the signal',
    caughtBy: catches('no-listener-left', 'the number of listeners left on the signal'),
    sabotage: inModels((model) => ({ infer: listening(model.infer) })),
  },
  {
    id: 'lets-go-at-once',
    breaks: 'Closes a model without waiting for its inferences',
    caughtBy: catches('model-closes', 'inferences in flight that had ended when close() resolved'),
    sabotage: inModels((model) => ({
      async close() {
        void model.close();
      },
    })),
  },
  {
    id: 'infers-on',
    breaks: 'Goes on inferring with a model that was disposed of',
    caughtBy: catches('model-closes', 'infer() after the model was disposed of to be refused'),
    sabotage: inModels(() => ({ async [Symbol.asyncDispose]() {} })),
  },
  {
    id: 'leaves-models-open',
    breaks: 'Closes itself and not its models',
    caughtBy: catches('models-close', 'inferences that had ended when the runtime was closed to be 20'),
    sabotage: (subject) => ({
      ...subject,
      async open(options) {
        const [runtime, hidden] = [await subject.open(options), await subject.open(options)];
        const close = () => runtime.close();
        return {
          ...runtime,
          close,
          [Symbol.asyncDispose]: close,
          async load(...args) {
            // Only what is closed refuses: the model itself belongs to a runtime that nobody closes.
            const own = await runtime.load(...args);
            await own.close();
            return hidden.load(...args);
          },
        };
      },
    }),
  },
  {
    id: 'disposed-of-by-nobody',
    breaks: 'Closes nothing when it is disposed of',
    caughtBy: catches('closed-for-good', 'after it was disposed of to be refused'),
    sabotage: inClients<ModelRuntime>(() => ({ async [Symbol.asyncDispose]() {} })),
  },
  {
    id: 'closes-at-once',
    breaks: 'Does not wait for models that are being loaded when it is closed',
    caughtBy: catches(
      'close-waits',
      'the number of 20 writes in flight that were settled when close() resolved',
    ),
    sabotage: inClients((runtime) => ({
      async close() {
        void runtime.close();
        await yieldTurns(1);
      },
    })),
  },
  {
    id: 'leaves-a-timer',
    breaks: 'Leaves a timer behind when it is closed',
    caughtBy: catches('no-handle-left', 'handles that 4 closed clients left open'),
    sabotage: leavesATimer,
  },
];
