import { join } from 'node:path';
import type { Block, Skipped, TextDocument } from '../document.ts';
import type { FileKind } from '../scan/file-kind.ts';
import { extensionOf } from '../scan/file-kind.ts';
import { formatBytes, limits } from '../scan/limits.ts';
import type { FoundFile } from '../scan/scan-folder.ts';
import { decodeText } from './decode-text.ts';
import { describeFileError } from './describe-file-error.ts';
import { htmlBlocks } from './html-blocks.ts';
import { markdownBlocks } from './markdown-blocks.ts';
import { readBytes } from './read-bytes.ts';
import { codeBlocks, dataBlocks } from './source-blocks.ts';
import { textBlocks } from './text-blocks.ts';

export type ReadResult = { readonly document: TextDocument } | { readonly skipped: Skipped };

/** No hand-written text has lines like this; minified code and embedded data have. */
const longestLine = 20_000;

/**
 * Reads one file of a folder into blocks. Whatever is wrong with the file is a result, not an error, so that the others
 * are read all the same.
 */
export async function readDocument(
  folder: string,
  file: FoundFile,
  signal: AbortSignal,
): Promise<ReadResult> {
  const { path } = file;
  const skip = (reason: string, detail?: string): ReadResult => ({
    skipped: { path, reason, ...(detail !== undefined && { detail }) },
  });
  try {
    const limit = file.kind === 'pdf' ? limits.pdfBytes : limits.textBytes;
    const bytes = await readBytes(join(folder, path), limit, signal);
    if (bytes === undefined) return skip(`larger than ${formatBytes(limit)}`);
    if (bytes.length === 0) return skip('empty');
    if (isPdf(bytes)) {
      const { readPdf } = await import('./read-pdf.ts');
      const { blocks, note, problem } = await readPdf(bytes, signal);
      return problem === undefined ? done(path, blocks, note) : skip(problem);
    }
    if (file.kind === 'pdf') return skip('a broken PDF');
    const decoded = decodeText(bytes);
    if (decoded === undefined) return skip('binary');
    if (hasLongLine(decoded.text)) return skip('generated or minified');
    const blocks = blocksOf(decoded.text, file.kind, extensionOf(path));
    return blocks.length === 0 ? skip('no text in it') : done(path, blocks, decoded.note);
  } catch (error) {
    signal.throwIfAborted();
    return skip(describeFileError(error));
  }
}

function done(path: string, blocks: readonly Block[], note: string | undefined): ReadResult {
  return { document: { path, blocks, ...(note !== undefined && { note }) } };
}

function blocksOf(text: string, kind: FileKind, extension: string): Block[] {
  switch (kind) {
    case 'markdown':
      return markdownBlocks(text);
    case 'html':
      return htmlBlocks(text);
    case 'code':
      return codeBlocks(text, extension);
    case 'data':
      return dataBlocks(text);
    default:
      return textBlocks(text);
  }
}

/** `%PDF-`, which may follow some junk. */
function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).includes('%PDF-');
}

function hasLongLine(text: string): boolean {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    if ((end < 0 ? text.length : end) - start > longestLine) return true;
    if (end < 0) return false;
    start = end + 1;
  }
  return false;
}
