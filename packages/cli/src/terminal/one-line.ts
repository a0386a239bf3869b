import { withoutControls } from './without-controls.ts';

/** `text` without what would move the cursor or break the line. */
export function oneLine(text: string): string {
  return withoutControls(text).replace(/\s+/g, ' ').trim();
}
