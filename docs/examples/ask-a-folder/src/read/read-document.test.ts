import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kindOf } from '../scan/file-kind.ts';
import { calm, testFolder } from '../testing/folder.fixture.ts';
import { locked, pdfOf } from '../testing/pdf.fixture.ts';
import { readDocument } from './read-document.ts';

async function read(path: string, content: string | Uint8Array) {
  const folder = await testFolder({ [path]: content });
  return readDocument(folder, { path, kind: kindOf(path) }, calm);
}

/** Runs code as a user who is not root, to whom modes mean nothing. */
async function withoutPrivilege<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('readDocument', () => {
  it('reads a PDF page by page, in paragraphs', async () => {
    const pdf = pdfOf([
      ['Leases keep', 'two workers apart.', '', 'They expire.'],
      ['Page two is about crash-', 'es.'],
    ]);
    expect(await read('a.pdf', pdf)).toEqual({
      document: {
        path: 'a.pdf',
        blocks: [
          { kind: 'prose', text: 'Leases keep two workers apart.', page: 1, headings: [] },
          { kind: 'prose', text: 'They expire.', page: 1, headings: [] },
          { kind: 'prose', text: 'Page two is about crashes.', page: 2, headings: [] },
        ],
      },
    });
  });

  it('knows a PDF by what is in it, whatever its name', async () => {
    expect(await read('a.txt', pdfOf([['Hello.']]))).toMatchObject({
      document: { blocks: [{ text: 'Hello.', page: 1 }] },
    });
  });

  it.each([
    ['broken.pdf', Buffer.from('%PDF-1.4\nthis is none'), 'a broken PDF'],
    ['cut.pdf', pdfOf([['Hello.']]).subarray(0, 120), 'a broken PDF'],
    ['no.pdf', 'text under a wrong name', 'a broken PDF'],
    ['locked.pdf', pdfOf([['Hello.']], locked), 'a PDF that wants a password'],
    ['scan.pdf', pdfOf([[]]), 'a PDF without text (scanned pages, perhaps)'],
    ['picture.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]), 'binary'],
    ['program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), 'binary'],
    ['empty.md', '', 'empty'],
    ['blank.md', '\n \n', 'no text in it'],
    ['app.min.js', `x=${'1,'.repeat(15_000)}`, 'generated or minified'],
  ])('leaves out %s and says why', async (path, content, reason) => {
    expect(await read(path, content)).toEqual({ skipped: { path, reason } });
  });

  it('reads a file that is not valid UTF-8, with a note', async () => {
    const result = await read('old.txt', Buffer.from('Un caf\xe9 noir.', 'latin1'));
    expect(result).toMatchObject({ document: { blocks: [{ text: 'Un café noir.', line: 1 }] } });
    expect(result).toMatchObject({ document: { note: expect.stringContaining('not valid UTF-8') } });
  });

  it.skipIf(process.platform === 'win32')('leaves out a file it may not read', async () => {
    const folder = await testFolder({ 'secret.md': 'x' });
    await chmod(folder, 0o755);
    await chmod(join(folder, 'secret.md'), 0o000);
    const result = await withoutPrivilege(() =>
      readDocument(folder, { path: 'secret.md', kind: 'markdown' }, calm),
    );
    expect(result).toEqual({ skipped: { path: 'secret.md', reason: 'no permission to read it' } });
  });

  it('leaves out a file that has gone or grown since it was found', async () => {
    const folder = await testFolder({ 'gone.md': 'x', 'grown.md': 'x' });
    await rm(join(folder, 'gone.md'));
    await writeFile(join(folder, 'grown.md'), 'x'.repeat(3_000_000));
    expect(await readDocument(folder, { path: 'gone.md', kind: 'markdown' }, calm)).toEqual({
      skipped: { path: 'gone.md', reason: 'gone before it was read' },
    });
    expect(await readDocument(folder, { path: 'grown.md', kind: 'markdown' }, calm)).toEqual({
      skipped: { path: 'grown.md', reason: 'larger than 2 MB' },
    });
  });

  it('stops when it is told to', async () => {
    const folder = await testFolder({ 'a.md': 'x' });
    const stopped = AbortSignal.abort(new Error('enough'));
    await expect(readDocument(folder, { path: 'a.md', kind: 'markdown' }, stopped)).rejects.toThrow('enough');
  });
});
