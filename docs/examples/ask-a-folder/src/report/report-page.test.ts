import { describe, expect, it } from 'vitest';
import type { Result } from '../result.ts';
import { reportPage } from './report-page.ts';

const evil = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'&';

function resultWith(text: string): Result {
  const passage = {
    path: text,
    headings: [text],
    blocks: [
      { kind: 'prose' as const, text: `Before. ${text} After.`, line: 3, headings: [text] },
      { kind: 'code' as const, text, line: 5, headings: [text] },
    ],
  };
  const why = { sentence: text, words: [text] };
  return {
    title: text,
    question: text,
    answer: {
      by: text,
      statements: [{ text, cites: [1] }],
      sources: [{ number: 1, passage, quoted: [text], at: [3], why }],
    },
    note: text,
    checks: [{ name: text, outcome: 'redacted', detail: text }],
    alsoFound: [{ passage, score: 1, why, near: [] }],
    unknownWords: [text],
    files: 1,
    passages: 2,
    skipped: [{ path: text, reason: text, detail: text }],
    notes: [{ path: text, note: text }],
  };
}

const page = (result: Result) => reportPage({ result, runId: 'run-1', timeline: 'timeline.html' });

describe('reportPage', () => {
  it('shows whatever a file holds as text', () => {
    const shown = page(resultWith(evil));
    expect(shown).not.toMatch(/<script|<img/i);
    expect(shown.split('&lt;script&gt;').length).toBeGreaterThan(10);
  });

  it('allows itself nothing but its own style', () => {
    const shown = page(resultWith('text'));
    expect(shown).toMatch(
      /content="default-src &#39;none&#39;; style-src &#39;sha256-[\w+/=]+&#39;; base-uri/,
    );
    expect(shown).not.toMatch(/https?:|src=|style="|@import|url\(/);
  });

  it('links each statement with its source, and marks what it quotes', () => {
    const shown = page(resultWith('A lease ends.'));
    expect(shown).toContain('<p>A lease ends.&nbsp;<a class="cite" href="#source-1"');
    expect(shown).toContain('id="source-1"');
    expect(shown).toContain('Before. <mark>A lease ends.</mark> After.');
    expect(shown).toContain('A lease ends.:3');
  });

  it('marks the sentence for which a passage was found', () => {
    const result = resultWith('A lease ends.');
    const also = page({ ...result, answer: { ...result.answer, sources: [] } });
    expect(also).toMatch(/<details>[\s\S]*Before\. <mark>A lease ends\.<\/mark> After\./);
  });

  it('says that there was nothing to read, or no answer in it', () => {
    const { note: _, ...rest } = resultWith('text');
    const nothing = {
      ...rest,
      answer: { by: 'extract', statements: [], sources: [] },
      skipped: [],
      notes: [],
    };
    expect(page({ ...nothing, files: 0 })).toContain('There was nothing to read.');
    expect(page({ ...nothing, files: 3 })).toContain('The files do not say.');
    expect(page({ ...nothing, files: 3 })).toContain('No file mentions “text”.');
  });
});
