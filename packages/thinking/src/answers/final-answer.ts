import { canonicalJson } from '@aiwork/core/adapter-kit';

const answerLine = /^[\s*_#>-]*(?:final\s+)?answer[\s*_]*[:=][\s*_]*(.+?)[\s*_]*$/gim;
const boxed = /\\boxed\{([^{}]*)\}/g;

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
  const found = [...text.matchAll(answerLine)].at(-1)?.[1] ?? [...text.matchAll(boxed)].at(-1)?.[1];
  return (found ?? text).trim();
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
  const bare = answer.trim().replace(/[.\s]+$/, '');
  const number = Number(bare.replace(/^\s*[$€£]\s*/, '').replace(/(?<=\d),(?=\d{3}\b)/g, ''));
  if (bare !== '' && Number.isFinite(number)) return String(number);
  if (/^[[{]/.test(bare)) return jsonKey(bare) ?? textKey(bare);
  return textKey(bare);
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
