import { untilAborted } from '@aiwork/core/adapter-kit';
import type { ResilienceListener } from './event.ts';
import type { Source } from './layer.ts';
import type { ItemFacts, Protected } from './pipeline.ts';

/** A call as it is protected. */
export type Call<Input, Output> = (
  input: Input,
  options: { readonly signal: AbortSignal },
) => Promise<Output>;

/** A call as a source of one item; whether or not it listens to its signal, waiting ends when that aborts. */
export function callSource<Input, Output>(call: Call<Input, Output>): Source<Input, Output> {
  return async function* (input, { signal }) {
    yield await untilAborted(call(input, { signal }), signal);
  };
}

/** What layers have to know of outputs. */
export const callFacts: Omit<ItemFacts<unknown, unknown>, 'estimateTokens'> = {
  isOutput: () => true,
  isEnd: () => true,
  tokensOf: () => undefined,
};

/** What a source of one item gives. */
export async function outputOf<Input, Output>(
  ask: Protected<Input, Output>,
  input: Input,
  options: {
    readonly onEvent?: ResilienceListener | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<Output> {
  const { onEvent, signal = new AbortController().signal } = options;
  const outputs: Output[] = [];
  for await (const output of ask(input, { onEvent, signal })) outputs.push(output);
  const [output] = outputs;
  return output as Output;
}
