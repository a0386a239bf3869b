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
  textBytes: 2_000_000,
  pdfBytes: 32_000_000,
  totalTextBytes: 16_000_000,
  files: 2000,
  entries: 200_000,
  pages: 300,
};

/** As people say it: `1.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  const megabytes = bytes / 1_000_000;
  return `${Number(megabytes.toPrecision(megabytes < 100 ? 2 : 3))} MB`;
}
