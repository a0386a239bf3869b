import { textPosition } from '../text-position.ts';
import { findJsonError } from './find-json-error.ts';

/** What a text says as JSON, or why it says nothing. @internal */
export type ParsedJson = { readonly value: unknown } | { readonly problem: string };

/** Parses a text, telling line and column of what is wrong without repeating the text. @internal */
export function parseJson(text: string, maxDepth: number): ParsedJson {
  const error = findJsonError(text, maxDepth);
  if (!error) return { value: JSON.parse(text) };
  const what = error.kind === 'depth' ? 'the JSON cannot be checked' : 'the text is not JSON';
  return { problem: `${what}: ${error.message}, at ${textPosition(text, error.offset)}` };
}
