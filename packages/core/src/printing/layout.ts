/** Code that is not laid out yet: text, pieces in a row, or a bracketed list that goes on one line if it fits. */
export type Code = string | readonly Code[] | Bracketed;

export interface Bracketed {
  readonly open: string;
  readonly close: string;
  readonly items: readonly Code[];
  readonly separator: ',' | ';';
  /** Whether a space stands inside the brackets on one line: `{ a }`, but `[a]`. */
  readonly spaced: boolean;
  /** One item a line, even if it fits on one. */
  readonly spread: boolean;
  /** Whether, of items that do not fit on a line, only the last may be spread: `f.call('id', unit, {`. */
  readonly hugsLast: boolean;
}

const bracketed = (open: string, close: string, items: readonly Code[]): Bracketed => ({
  open,
  close,
  items,
  separator: ',',
  spaced: false,
  spread: false,
  hugsLast: false,
});

export const call = (callee: string, items: readonly Code[]): Bracketed => ({
  ...bracketed(`${callee}(`, ')', items),
  hugsLast: true,
});

export const parameters = (items: readonly Code[]): Bracketed => bracketed('(', ')', items);

export const object = (items: readonly Code[]): Bracketed => ({
  ...bracketed('{', '}', items),
  spaced: true,
});

export const objectType = (items: readonly Code[], spread = false): Bracketed => ({
  ...object(items),
  separator: ';',
  spread,
});

/** Lists of objects or of lists are spread, as formatters do, once each holds more than one item. */
export const array = (items: readonly Code[]): Bracketed => ({
  ...bracketed('[', ']', items),
  spread: items.length > 1 && items.every((item) => isBracketed(item) && item.items.length > 1),
});

const isBracketed = (code: Code | undefined): code is Bracketed =>
  typeof code === 'object' && !Array.isArray(code);

/** On one line, or `undefined` when something in it is spread. */
export function flat(code: Code): string | undefined {
  if (typeof code === 'string') return code;
  const pieces = isBracketed(code) ? code.items : code;
  const texts: string[] = [];
  for (const piece of pieces) {
    const text = flat(piece);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  if (!isBracketed(code)) return texts.join('');
  if (texts.length === 0) return code.open + code.close;
  if (code.spread) return undefined;
  const pad = code.spaced ? ' ' : '';
  return code.open + pad + texts.join(`${code.separator} `) + pad + code.close;
}

/**
 * Lays code out in lines of at most `width` characters where brackets allow that. `indent` is the depth of the line it
 * starts on; `used` is what stands on that line before it, `tail` what has to follow it there.
 */
export function layOut(code: Code, width: number, indent = 0, used = indent, tail = 0): string {
  if (typeof code === 'string') return code;
  const line = flat(code);
  if (line !== undefined && used + line.length + tail <= width) return line;
  if (isBracketed(code)) return spreadOut(code, width, indent, used);
  let text = '';
  for (const [i, piece] of code.entries()) {
    const after = code.slice(i + 1).flatMap((rest) => flat(rest) ?? []);
    const start = text.includes('\n') ? text.length - text.lastIndexOf('\n') - 1 : used + text.length;
    text += layOut(piece, width, indent, start, after.join('').length + tail);
  }
  return text;
}

function spreadOut(code: Bracketed, width: number, indent: number, used: number): string {
  const { open, close, items, separator } = code;
  if (items.length === 0) return open + close;
  const last = items.at(-1) as Code;
  if (code.hugsLast && isBracketed(last) && !isBracketed(items.at(-2))) {
    const head = items.slice(0, -1).map((item) => flat(item));
    const start = `${open}${head.map((text) => `${text}${separator} `).join('')}`;
    const fits = used + start.length + last.open.length <= width;
    if (fits && !head.includes(undefined)) {
      return start + spreadOut(last, width, indent, used + start.length) + close;
    }
  }
  const inner = indent + 2;
  const lines = items.map(
    (item) => `${' '.repeat(inner)}${layOut(item, width, inner, inner, 1)}${separator}`,
  );
  return `${open}\n${lines.join('\n')}\n${' '.repeat(indent)}${close}`;
}
