import type { Format } from 'ajv';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import type { CompiledPattern } from '../pattern/compiled-pattern.ts';
import { linearPattern } from '../pattern/linear-pattern.ts';

/** Matches a pattern and counts what that costs. @internal */
export type BoundedTest = (pattern: CompiledPattern, text: string) => boolean;

type LazyPattern = () => CompiledPattern;

// Patterns that may backtrack badly, or that an automaton cannot run, are written anew; `url` is no format of JSON Schema.
const { url: _url, uri: _uri, duration: _duration, byte: _byte, ...kept } = fullFormats;
const keptPatterns = new Map<string, LazyPattern>();
for (const [name, format] of Object.entries(kept))
  if (format instanceof RegExp) keptPatterns.set(name, lazy(format));

const scheme = lazy(/^[a-z][a-z0-9+.-]*:/i);
const uriReference = lazy(kept['uri-reference'] as RegExp);
const duration = lazy(/^P(?:(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?|\d+W)$/);
const base64 = lazy(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
const base64url = lazy(/^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}(?:==)?|[A-Za-z0-9_-]{3}=?)?$/);
const e164 = lazy(/^\+[1-9]\d{6,14}$/);

/**
 * The formats of ajv-formats and some that Zod writes, with every regular expression on the linear-time engine.
 *
 * @internal
 */
export function safeFormats(test: BoundedTest): Record<string, Format> {
  const matching = (pattern: LazyPattern) => (text: string) => test(pattern(), text);
  const formats: Record<string, Format> = {
    ...kept,
    uri: (text: string) => test(scheme(), text) && test(uriReference(), text),
    duration: (text: string) => !/^P$|T$/.test(text) && test(duration(), text),
    byte: matching(base64),
    base64: matching(base64),
    base64url: matching(base64url),
    e164: matching(e164),
  };
  for (const [name, pattern] of keptPatterns) formats[name] = matching(pattern);
  return formats;
}

/** Few programs use all formats, so each is compiled when it is first asked for. */
function lazy(pattern: RegExp): LazyPattern {
  let compiled: CompiledPattern | undefined;
  return () => {
    compiled ??= linearPattern(pattern);
    return compiled;
  };
}
