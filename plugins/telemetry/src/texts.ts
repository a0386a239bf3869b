import type { TelemetryOptions } from './options.ts';
import { shortJson } from './short-json.ts';

/** How many times as long as a name a content may be. */
const contentFactor = 32;
/** So much more is redacted than is kept, so that nothing gets away because the cut goes through it. In characters. */
const margin = 1024;

/** Texts, made fit to leave the process. */
export interface Texts {
  /** Whether contents leave. */
  readonly capture: boolean;
  /** Most characters of a content. */
  readonly maxContentLength: number;
  /** A name: cut. */
  name(text: string): string;
  /** A message that somebody wrote to be read: redacted and cut. */
  message(text: string): string;
  /** A value that runs work on, as JSON; nothing where none may leave, or it has no such form. */
  content(value: unknown): string | undefined;
}

export function textsOf(options: TelemetryOptions, maxLength: number): Texts {
  const { captureContent: capture = false, redact } = options;
  const cut = (text: string, length: number) =>
    (text.length > length ? `${text.slice(0, length - 1)}…` : text).toWellFormed();
  const redacted = (text: string): string => {
    if (!redact) return text;
    try {
      return redact(text);
    } catch {
      return '(left out: the redaction threw)';
    }
  };
  const maxContentLength = contentFactor * maxLength;
  return {
    capture,
    maxContentLength,
    name: (text) => cut(text, maxLength),
    message: (text) => cut(redacted(text), maxLength),
    content(value) {
      if (!capture || value === undefined) return undefined;
      try {
        const seen = maxContentLength + margin;
        const text = typeof value === 'string' ? value.slice(0, seen) : shortJson(value, seen);
        return cut(redacted(text), maxContentLength);
      } catch {
        return undefined;
      }
    },
  };
}
