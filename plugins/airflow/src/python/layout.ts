/** Python that is not laid out yet: text, a prefix before other code, or a bracketed list. */
export type Code = string | readonly [prefix: string, code: Code] | Bracketed;

interface Bracketed {
  /** Ends in the opening bracket. */
  readonly open: string;
  readonly items: readonly Code[];
  /** Begins with the closing bracket. */
  readonly close: string;
}

/** The width that Black and Ruff format to. */
const width = 88;

export const bracketed = (open: string, items: readonly Code[], close: string): Code => ({
  open,
  items,
  close,
});

/** `callee(first, name=value)`; `tail` follows the closing bracket. */
export const call = (callee: string, args: readonly Code[], tail = ''): Code =>
  bracketed(`${callee}(`, args, `)${tail}`);

export const keyword = (name: string, value: Code): Code => [`${name}=`, value];

/**
 * Lays a line of code out, between `head` and `tail`, as Black does: on one line if that fits, else one item a line with a comma behind each, which
 * tells formatters to leave it so. What is not ASCII is never put on one line, since how wide it is depends on who looks.
 */
export function layOut(code: Code, indent = 0, tail = '', head = ''): string {
  if (typeof code === 'string') return head + code + tail;
  const line = head + flat(code) + tail;
  if (indent + line.length <= width && /^[ -~]*$/.test(line)) return line;
  if (isPrefixed(code)) return layOut(code[1], indent, tail, head + code[0]);
  const { open, items, close } = code;
  if (items.length === 0) return line;
  const inner = indent + 4;
  const lines = items.map((item) => `${' '.repeat(inner)}${layOut(item, inner, ',')}\n`);
  return `${head}${open}\n${lines.join('')}${' '.repeat(indent)}${close}${tail}`;
}

function flat(code: Code): string {
  if (typeof code === 'string') return code;
  if (isPrefixed(code)) return code[0] + flat(code[1]);
  return code.open + code.items.map(flat).join(', ') + code.close;
}

const isPrefixed = (code: Exclude<Code, string>): code is readonly [string, Code] => Array.isArray(code);
