const mebibyte = 1024 * 1024;

export interface Limits {
  /** Of one text file. */
  readonly textBytes: number;
  /** Of one PDF, most of which is pictures and fonts. */
  readonly pdfBytes: number;
  /** Of all text files together. */
  readonly totalTextBytes: number;
  /** Files that are read. */
  readonly files: number;
  /** Names that are looked at while searching for them. */
  readonly entries: number;
  /** Pages of one PDF. */
  readonly pages: number;
}

/** What keeps a question to any folder at seconds. Whatever they leave out is named in the report. */
export const limits: Limits = {
  textBytes: 2 * mebibyte,
  pdfBytes: 32 * mebibyte,
  totalTextBytes: 32 * mebibyte,
  files: 4000,
  entries: 200_000,
  pages: 300,
};

/** As people say it: `1.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  const megabytes = bytes / 1_000_000;
  return `${megabytes < 10 ? megabytes.toFixed(1) : Math.round(megabytes)} MB`;
}
