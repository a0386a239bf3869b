/** What a block of text is good for: sentences can be quoted from prose; rows and code can only be found. */
export type BlockKind = 'prose' | 'row' | 'code';

/** A piece of a file, such as a paragraph, and where it stands: its line (from 1) or, in a PDF, its page. */
export interface Block {
  readonly kind: BlockKind;
  /** Line breaks are those of the file, so that the line of any part of it can be told. */
  readonly text: string;
  readonly line?: number;
  readonly page?: number;
  /** The headings it stands under, outermost first. */
  readonly headings: readonly string[];
}

/** A file that was read. Paths are relative to the folder, with `/`. */
export interface TextDocument {
  readonly path: string;
  readonly blocks: readonly Block[];
  /** What the reader should know about how it was read. */
  readonly note?: string;
}

/** A file or folder that was left out. Those with the same reason are shown together. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
  readonly detail?: string;
}

/** What is indexed, found and cited: neighbouring blocks of one file under the same headings. */
export interface Passage {
  readonly path: string;
  readonly headings: readonly string[];
  readonly blocks: readonly Block[];
}

/** `:12` or `, page 3`: where in its file something stands. */
export function placeOf({ line, page }: Pick<Block, 'line' | 'page'>): string {
  if (page !== undefined) return `, page ${page}`;
  return line === undefined ? '' : `:${line}`;
}

/** Where a passage begins. */
export function startOf({ blocks }: Passage): Pick<Block, 'line' | 'page'> {
  return blocks[0] ?? {};
}
