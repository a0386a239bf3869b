import type { Guardrail } from '@aiwork/core';
import type { Detector, Finding } from '../finding/detector.ts';
import { type FindingGuardrailOptions, findingGuardrail } from '../finding/finding-guardrail.ts';
import { refuse } from '../guardrail-options.ts';
import { endOfTag, longestTag } from './active-code.ts';
import { codeBlocks } from './code-blocks.ts';
import { languageNamed } from './code-languages.ts';

/** @since 0.1.0 */
export interface CodeGuardrailOptions extends FindingGuardrailOptions {
  /** Languages that code may be in; code in all others is found. `text` stands for blocks that name none. */
  readonly allow?: readonly string[];
  /** Languages that code must not be in, by any of their names: `js` is `javascript`. Give this or `allow`. */
  readonly refuse?: readonly string[];
}

/**
 * Looks for code in languages that you do not want: fenced blocks of Markdown, by what they say they are, and what a page
 * that shows the text would run (`<script>`, `<style>`, attributes such as `onclick`, `<?php`). A block is what it calls itself: with
 * `refuse`, one that is called something else passes, so where it matters say what you `allow`. Code that stands in the text
 * without a fence, as by four spaces, is not found.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used, or not one of `allow` and `refuse` is given.
 * @example
 * ```ts
 * import { codeGuardrail } from '@aiwork/guardrails';
 *
 * const code = codeGuardrail({ name: 'code', allow: ['sql', 'text'] });
 * const { signal } = new AbortController();
 * const text = 'Run this:\n```sh\nrm -rf /\n```\nor\n```sql\nselect 1\n```\n<script src="x.js"></script>';
 * console.log(await code.check({ text, final: true }, { signal }));
 * // { action: 'redact', text: 'Run this:\n[code block]\nor\n```sql\nselect 1\n```\n[code block]', reason: 'replaced 2 of kind "code block"' }
 * ```
 * @since 0.1.0
 */
export function codeGuardrail(options: CodeGuardrailOptions): Guardrail {
  const { name, allow, refuse: refused } = options;
  if ((allow === undefined) === (refused === undefined))
    refuse(`guardrail "${name}" has to know its languages: give one of \`allow\` and \`refuse\``);
  const given = allow ?? refused ?? [];
  if (
    !Array.isArray(given) ||
    (refused && given.length === 0) ||
    !given.every((of) => typeof of === 'string')
  )
    refuse(`the languages of guardrail "${name}" are no list of names: give such as ['python', 'shell']`);
  const languages = new Set(given.map(languageNamed));
  const isWanted = (language: string) => languages.has(language) === (allow !== undefined);
  const code: Detector = Object.freeze({
    kind: 'code block',
    *find(text: string, from = 0): Generator<Finding> {
      for (const { start, end, language } of codeBlocks(text, from))
        if (!isWanted(language)) yield { start, end };
    },
    streaming: Object.freeze({ windowChars: Infinity, openAt }),
  });
  return findingGuardrail(options, [code]);
}

/** What may become a fence, or begin a tag, when more of the text comes. */
const beginning =
  /(?:^|\n)[ \t>]*(?:(?:[-*+]|\d{1,9}[.)]?)[ \t]*)?(?:`+[^\n]*|~+[^\n]*)?$|`?<(?:\?[a-z]{0,3}|[a-z]{0,6})$|`$/i;
const longestBeginning = 4_096;

function openAt(text: string, from: number): number {
  let open = text.length;
  for (const { start, isOpen } of codeBlocks(text, from)) if (isOpen) open = Math.min(open, start);
  const tail = Math.max(from, text.length - longestBeginning);
  const begun = beginning.exec(text.slice(tail));
  if (begun) open = Math.min(open, tail + begun.index);
  const tags = Math.max(from, text.length - longestTag);
  for (const { index } of text.slice(tags).matchAll(/<[a-z]/gi))
    if (endOfTag(text, tags + index) === undefined) return Math.min(open, tags + index);
  return open;
}
