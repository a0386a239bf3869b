import type { Embedder, EmbedderCapabilities } from '@aiwork/core';
import { checkSignal, createCallGate, invalidArgument, limitExceeded } from '@aiwork/core/adapter-kit';

// The contract is the TSDoc of `Embedder` in @aiwork/core. [embedder.vectors] names the checks that hold a line to it:
// `npx aiwork-contract explain ID` says what one is about.

export interface EmbedderOptions {
  /** Names the model and its version. Default `my-model-1`. */
  readonly id?: string;
}

/** What is declared is checked. [embedder.vectors] [embedder.limits] */
const capabilities: EmbedderCapabilities = Object.freeze({
  dimensions: 384,
  maxTexts: 256,
  maxTokens: 512,
  normalized: true,
  // Whether a query gets another vector than a document of the same text.
  asymmetric: false,
  // Most by which a component differs from call to call. 0: it is the same bit for bit.
  tolerance: 0,
});
const { maxTexts } = capabilities;

export function createEmbedder({ id = 'my-model-1' }: EmbedderOptions = {}): Embedder {
  // Refuses calls after close(), and lets close() wait for those in flight. [embedder.ending]
  const gate = createCallGate('the embedder', async () => {
    // Let go of the model, or close the connection, timers and listeners here.
  });

  return {
    id,
    capabilities,

    // A vector a text, in order, the same for the same text; any string is one, also the empty one. [embedder.texts]
    // What is longer than `maxTokens` is cut and said to be, or refused before anything is embedded. [embedder.limits]
    embed(texts, { kind = 'document', overlong = 'cut', signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkTexts(texts);
        if (kind !== 'query' && kind !== 'document')
          throw invalidArgument('kind is neither query nor document');
        if (overlong !== 'cut' && overlong !== 'refuse')
          throw invalidArgument('overlong is neither cut nor refuse');
        throw notYet('embed');
      });
    },

    close: () => gate.close(),

    [Symbol.asyncDispose]: () => gate.close(),
  };
}

function checkTexts(texts: readonly string[]): void {
  if (!Array.isArray(texts)) throw invalidArgument('the texts are no list: give an array of strings');
  const wrong = texts.findIndex((text) => typeof text !== 'string');
  if (wrong !== -1) throw invalidArgument(`the text at index ${wrong} is no string: give one`);
  if (texts.length > maxTexts) throw limitExceeded('the list of texts', texts.length, 'maxTexts', maxTexts);
}

function notYet(method: keyof Embedder): Error {
  return new Error(`not implemented yet: Embedder.${String(method)}`);
}
