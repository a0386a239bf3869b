import { createHash } from 'node:crypto';
import { AiworkError, type Embedder, type EmbedderCapabilities, type EmbedOptions } from '@aiwork/core';
import { checkSignal, createCallGate, invalidArgument } from '@aiwork/core/adapter-kit';
import { yieldTurns } from '../saboteur.ts';

/** What a reference embedder is made of: a mistake takes the place of one part. */
export interface EmbedderParts {
  readonly capabilities: EmbedderCapabilities;
  /** Refuses what cannot be embedded. */
  check(texts: readonly string[], options: EmbedOptions): void;
  /** The tokens of a text, those behind the limit included. */
  tokens(text: string): readonly string[];
  /** The vector of tokens. */
  vector(tokens: readonly string[], options: EmbedOptions): Float32Array;
  /** The vectors of all texts of a call. */
  vectors(
    texts: readonly (readonly string[])[],
    options: EmbedOptions,
    parts: EmbedderParts,
  ): readonly Float32Array[];
}

const capabilities: EmbedderCapabilities = Object.freeze({
  dimensions: 16,
  maxTexts: 32,
  maxTokens: 64,
  normalized: true,
  asymmetric: true,
  tolerance: 1e-6,
});

/** What is drawn by chance for a token, and always the same. */
const drawnFor = (token: string) => createHash('sha256').update(token).digest().subarray(0, 16);

/** The sum of what is drawn for each token, of length 1. */
export function sumOf(tokens: readonly string[]): Float32Array {
  const drawn = tokens.map(drawnFor);
  const sum = Float32Array.from({ length: 16 }, (_, i) =>
    drawn.reduce((total, bytes) => total + (bytes[i] ?? 0) - 127.5, 0),
  );
  const length = Math.hypot(...sum);
  return sum.map((component) => component / length);
}

const isOneOf = (known: readonly unknown[], value: unknown) => value === undefined || known.includes(value);

export const correctParts: EmbedderParts = {
  capabilities,
  check(texts, { kind, overlong }) {
    if (!Array.isArray(texts)) throw invalidArgument('the texts are no list: give an array of strings');
    const wrong = texts.findIndex((text) => typeof text !== 'string');
    if (wrong >= 0) throw invalidArgument(`the text at index ${wrong} is no string: give one`);
    if (!isOneOf(['query', 'document'], kind)) throw invalidArgument('kind is neither query nor document');
    if (!isOneOf(['cut', 'refuse'], overlong)) throw invalidArgument('overlong is neither cut nor refuse');
    if (texts.length <= capabilities.maxTexts) return;
    throw new AiworkError('AIWORK_LIMIT_EXCEEDED', `there are ${texts.length} texts, more than maxTexts`);
  },
  tokens: (text) => ['[start]', ...text.toWellFormed().split(' ')],
  vector: (tokens, { kind = 'document' }) => sumOf([`[${kind}]`, ...tokens]),
  vectors: (texts, options, { vector }) => texts.map((tokens) => vector(tokens, options)),
};

/** An embedder that counts words: deterministic, and enough to tell texts apart. */
export function createReferenceEmbedder(changes: Partial<EmbedderParts> = {}): Embedder {
  const parts = { ...correctParts, ...changes };
  const gate = createCallGate('the embedder', () => {});
  const { maxTokens } = parts.capabilities;
  return {
    id: 'reference-1',
    capabilities: parts.capabilities,
    embed: (texts, options = {}) =>
      gate.pass(async () => {
        parts.check(texts, options);
        checkSignal(options.signal);
        const whole = texts.map(parts.tokens);
        const truncated = [...whole.keys()].filter((i) => (whole[i]?.length ?? 0) > maxTokens);
        if (options.overlong === 'refuse' && truncated.length > 0)
          throw new AiworkError('AIWORK_LIMIT_EXCEEDED', `the text at index ${truncated[0]} is too long`);
        const read = whole.map((tokens) => tokens.slice(0, maxTokens));
        await yieldTurns();
        checkSignal(options.signal);
        const tokens = read.reduce((sum, { length }) => sum + length, 0);
        return { vectors: parts.vectors(read, options, parts), tokens, truncated };
      }),
    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}
