import { AiworkError } from '@aiwork/core';
import { invalidArgument, shown } from '@aiwork/core/adapter-kit';
import type { Tokenizer } from './tokenizer.ts';

/** A tokenizer of the user's, watched: whatever it does wrong is said before a document is touched. */
export function checkedTokenizer(tokenizer: Tokenizer): Tokenizer {
  if (typeof tokenizer?.id !== 'string' || typeof tokenizer.tokenize !== 'function') {
    throw invalidArgument(
      'tokenizer is not one: use createTokenizer() or an object with `id` and `tokenize(text)`',
    );
  }
  const { id } = tokenizer;
  const name = `the tokenizer ${shown(id)}`;

  function tokenize(text: string): readonly string[] {
    try {
      return tokenizer.tokenize(text);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AiworkError('AIWORK_INVALID_ARGUMENT', `${name} failed: ${reason}`, {
        cause,
        outcome: 'not-applied',
      });
    }
  }

  return {
    id,
    tokenize(text) {
      const terms: unknown = tokenize(text);
      if (!Array.isArray(terms))
        throw invalidArgument(`${name} gave ${shown(terms)}: return an array of strings`);
      const odd = terms.findIndex((term) => typeof term !== 'string');
      if (odd >= 0) throw invalidArgument(`${name} gave ${shown(terms[odd])} as a term: return strings only`);
      return terms;
    },
  };
}
