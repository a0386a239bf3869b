import { canonicalJson } from '@aiwork/core/adapter-kit';

// One line at a time, and with nothing that could match in two ways: a reply may be a hundred thousand blanks.
const answerLine = /^[\s*_#>-]*(?:final\s+)?answer[\s*_]*[:=](.*)$/i;
const emphasis = /[\s*_]/;

/**
 * The answer that a reply comes to: what follows its last `Answer:`, else what is in its last `\boxed{}`, else all of it.
 *
 * @example
 * ```ts
 * import { finalAnswer } from '@aiwork/thinking';
 *
 * console.log(finalAnswer('17 * 24 = 17 * 20 + 17 * 4.\n**Answer:** 408')); // 408
 * ```
 * @since 0.1.0
 */
export function finalAnswer(text: string): string {
  return (lastSaid(text) ?? lastBoxed(text) ?? text).trim();
}

/** What follows the last `Answer:`, on its line or else on the next that says something. */
function lastSaid(text: string): string | undefined {
  const lines = text.split(/\r?\n/);
  let next: string | undefined;
  for (const line of lines.reverse()) {
    const rest = answerLine.exec(line)?.[1];
    const said = rest === undefined ? undefined : bare(rest) || next;
    if (said !== undefined) return said;
    next = bare(line) || next;
  }
  return undefined;
}

function bare(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && emphasis.test(text[start] ?? '')) start += 1;
  while (end > start && emphasis.test(text[end - 1] ?? '')) end -= 1;
  return text.slice(start, end);
}

const box = '\\boxed{';

/** What is in the last box that is closed, braces in it included. */
function lastBoxed(text: string): string | undefined {
  /** Where what each open brace holds begins, and whether that brace is a box. */
  const open: { readonly start: number; readonly isBox: boolean }[] = [];
  let found: readonly [start: number, end: number] | undefined;
  for (const { 0: brace, index } of text.matchAll(/[{}]/g)) {
    const start = index + 1;
    if (brace === '{') open.push({ start, isBox: text.slice(start - box.length, start) === box });
    else {
      const closed = open.pop();
      if (closed?.isBox) found = [closed.start, index];
    }
  }
  return found && text.slice(...found);
}

/**
 * The same for answers that say the same: JSON of equal values, numbers of equal value (`1,024`, `1024.0`, `$1024`), and
 * texts that differ in case, space, quotes or a full stop at the end only.
 *
 * @example
 * ```ts
 * import { answerKey } from '@aiwork/thinking';
 *
 * console.log(answerKey('1,024.') === answerKey('1024.0'), answerKey('"Paris"') === answerKey('paris')); // true true
 * ```
 * @since 0.1.0
 */
export function answerKey(answer: string): string {
  const bare = withoutEnd(answer.trim());
  const number = bare.replace(/^[$€£]\s*/, '').replace(/(?<=\d),(?=\d{3}\b)/g, '');
  if (bare !== '' && Number.isFinite(Number(number))) return numberKey(number);
  if (/^[[{]/.test(bare)) return jsonKey(bare) ?? textKey(bare);
  return textKey(bare);
}

/** Without full stops, and blanks before them. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && /[.\s]/.test(text[end - 1] ?? '')) end -= 1;
  return text.slice(0, end);
}

/** As many digits as numbers hold for certain; longer ones are told apart by their digits. */
const exactDigits = 15;

function numberKey(number: string): string {
  const isWhole = /^[+-]?\d+(?:\.0*)?$/.test(number);
  const digits = number.replace(/^[+-]?0*|\.0*$/g, '');
  if (!isWhole || digits.length <= exactDigits) return String(Number(number));
  return number.startsWith('-') ? `-${digits}` : digits;
}

function textKey(text: string): string {
  return text
    .toLowerCase()
    .replace(/["'`“”‘’]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function jsonKey(text: string): string | undefined {
  try {
    return canonicalJson(JSON.parse(text));
  } catch {
    return undefined;
  }
}
