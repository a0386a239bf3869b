import { getDocumentProxy } from 'unpdf';
import type { Block } from '../document.ts';
import { limits } from '../scan/limits.ts';

export interface PdfText {
  readonly blocks: readonly Block[];
  readonly note?: string;
  /** Why there is no text. */
  readonly problem?: string;
}

/** The paragraphs of a PDF, each with its page. */
export async function readPdf(bytes: Uint8Array, signal: AbortSignal): Promise<PdfText> {
  const problem = (text: string): PdfText => ({ blocks: [], problem: text });
  // What PDF.js finds odd about a file is no news for whoever asked the question.
  const opened = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 }).catch(
    (error: unknown) => error,
  );
  if (!isDocument(opened)) return problem(describe(opened));
  try {
    const blocks: Block[] = [];
    const pages = Math.min(opened.numPages, limits.pages);
    for (let page = 1; page <= pages; page += 1) {
      signal.throwIfAborted();
      const { items } = await (await opened.getPage(page)).getTextContent();
      for (const text of paragraphs(items as readonly TextItem[]))
        blocks.push({ kind: 'prose', text, page, headings: [] });
    }
    if (blocks.length === 0) return problem('a PDF without text (scanned pages, perhaps)');
    if (pages === opened.numPages) return { blocks };
    return { blocks, note: `the first ${pages} of its ${opened.numPages} pages were read` };
  } catch (error) {
    signal.throwIfAborted();
    return problem(describe(error));
  } finally {
    await opened.loadingTask.destroy();
  }
}

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

function isDocument(value: unknown): value is PdfDocument {
  return typeof value === 'object' && value !== null && 'numPages' in value;
}

function describe(error: unknown): string {
  return (error as Error | undefined)?.name === 'PasswordException'
    ? 'a PDF that wants a password'
    : 'a broken PDF';
}

interface TextItem {
  readonly str?: string;
  readonly hasEOL?: boolean;
  readonly height?: number;
  readonly transform?: readonly number[];
}

/** Lines further apart than this many times their height belong to different paragraphs. */
const paragraphGap = 1.8;

function paragraphs(items: readonly TextItem[]): string[] {
  let text = '';
  let last: number | undefined;
  for (const { str, hasEOL, height = 0, transform } of items) {
    if (str === undefined) continue;
    const y = transform?.[5];
    if (str.trim() !== '' && y !== undefined) {
      if (last !== undefined && height > 0 && Math.abs(last - y) > height * paragraphGap) text += '\n\n';
      last = y;
    }
    text += str;
    if (hasEOL) text += '\n';
  }
  return text
    .split(/\n\s*\n/)
    .map((paragraph) =>
      paragraph
        .replace(/(\p{Ll})-\n(\p{Ll})/gu, '$1$2')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((paragraph) => /[\p{L}\p{N}]/u.test(paragraph));
}
