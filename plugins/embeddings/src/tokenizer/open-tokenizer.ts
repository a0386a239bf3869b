import { AiworkError } from '@aiwork/core';
import { Tokenizer } from 'tokenizers';

/** A text as a model reads it. */
export interface TokenizedText {
  /** Ids of tokens, those that the model adds included; at most `maxTokens`. */
  readonly ids: Uint32Array;
  /** Whether the end of the text was cut off. */
  readonly isTruncated: boolean;
}

/** Turns texts into the tokens of a model. */
export interface TextTokenizer {
  /** One list of tokens a text, in order. Works on other threads: of long texts the event loop is free. */
  tokenize(texts: readonly string[]): Promise<readonly TokenizedText[]>;
}

/**
 * Opens a tokenizer from the text of a `tokenizer.json`.
 *
 * How it truncates and fills up is not taken over: texts are cut off at `maxTokens`, and what fills them up is for whoever
 * makes batches of them.
 *
 * @throws `AIWORK_CORRUPT_DATA` when the text is no tokenizer.
 */
export function openTokenizer(json: string, maxTokens: number): TextTokenizer {
  const tokenizer = parse(json);
  tokenizer.disablePadding();
  tokenizer.setTruncation(maxTokens);
  return {
    async tokenize(texts) {
      const encodings = await tokenizer.encodeBatch(texts.map((text) => text.toWellFormed()));
      return encodings.map((encoding) => {
        const ids = Uint32Array.from(encoding.getIds());
        // What was cut off is dear to ask for, and a shorter text has nothing of the kind.
        return { ids, isTruncated: ids.length >= maxTokens && encoding.getOverflowing().length > 0 };
      });
    },
  };
}

function parse(json: string): Tokenizer {
  try {
    return Tokenizer.fromString(json);
  } catch (cause) {
    throw new AiworkError(
      'AIWORK_CORRUPT_DATA',
      'the tokenizer of the model cannot be read: convert the model again',
      { cause },
    );
  }
}
