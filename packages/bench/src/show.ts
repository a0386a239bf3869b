import { writePage } from './docs/page.ts';
import type { Report } from './report.ts';
import { terminalText } from './terminal-text.ts';

/** Prints a report, and brings the page that shows the committed results up to date. */
export async function show(found: Report): Promise<void> {
  process.stdout.write(terminalText(found));
  await writePage();
}
