import { AiworkError, type EmbedderCapabilities, type EmbedOptions } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';

/** @throws `AIWORK_INVALID_ARGUMENT` or `AIWORK_LIMIT_EXCEEDED`, saying what is wrong with a call and nothing of its texts. */
export function checkTexts(
  texts: readonly string[],
  { kind = 'document', overlong = 'cut' }: EmbedOptions,
  { maxTexts }: EmbedderCapabilities,
): void {
  if (!Array.isArray(texts)) throw invalidArgument('the texts are no list: give an array of strings');
  if (kind !== 'query' && kind !== 'document')
    throw invalidArgument('the kind of the texts is unknown: give query or document');
  if (overlong !== 'cut' && overlong !== 'refuse')
    throw invalidArgument('overlong is unknown: give cut or refuse');
  if (texts.length > maxTexts)
    throw new AiworkError(
      'AIWORK_LIMIT_EXCEEDED',
      `there are ${texts.length} texts, more than maxTexts (${maxTexts}): split the list`,
      { outcome: 'not-applied' },
    );
  const wrong = texts.findIndex((text) => typeof text !== 'string');
  if (wrong >= 0) throw invalidArgument(`the text at index ${wrong} is no string: give a list of strings`);
}

/** @throws `AIWORK_LIMIT_EXCEEDED` naming the first text that has more than `maxTokens`. */
export function refuseOverlong(
  texts: readonly string[],
  isOverlong: (text: string) => boolean,
  maxTokens: number,
): void {
  const index = texts.findIndex(isOverlong);
  if (index < 0) return;
  throw new AiworkError(
    'AIWORK_LIMIT_EXCEEDED',
    `the text at index ${index} has more than maxTokens (${maxTokens}) tokens: split it, or let its end be cut off`,
    { outcome: 'not-applied' },
  );
}
