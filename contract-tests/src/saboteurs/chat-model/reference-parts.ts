/** How the reference makes parts of the bytes of a stream. */
export interface PartRules {
  /** A decoder of its own for each stream. */
  decoder(): (bytes: Uint8Array) => string;
  /** Where a line ends. */
  readonly lineEnd: RegExp;
  /** The data of a block of lines; nothing for a comment. */
  dataIn(lines: readonly string[]): string | undefined;
  parse(data: string): unknown;
  /** Whether what is left of a network packet is the beginning of the next event. */
  readonly keepsRest: boolean;
}

export const partRules: PartRules = {
  decoder() {
    const decoder = new TextDecoder();
    return (bytes) => decoder.decode(bytes, { stream: true });
  },
  lineEnd: /\r\n|\n/,
  dataIn(lines) {
    const data = lines.flatMap((line) => (line.startsWith('data:') ? [line.slice(5).replace(/^ /, '')] : []));
    return data.length === 0 ? undefined : data.join('\n');
  },
  parse: (data) => JSON.parse(data),
  keepsRest: true,
};

/** The parts of a stream of server-sent events, until it says that it is done. */
export async function* readParts(
  chunks: AsyncIterable<Uint8Array>,
  rules: PartRules,
): AsyncGenerator<unknown, void> {
  const decode = rules.decoder();
  let rest = '';
  let block: string[] = [];
  for await (const bytes of chunks) {
    const text = decode(bytes);
    // A CR at the very end may be half of a line's end.
    const held = text.endsWith('\r') ? '\r' : '';
    const lines = (rest + text.slice(0, text.length - held.length)).split(rules.lineEnd);
    rest = (rules.keepsRest ? (lines.pop() ?? '') : '') + held;
    for (const line of lines) {
      if (line !== '') {
        block.push(line);
        continue;
      }
      const data = rules.dataIn(block);
      block = [];
      if (data === '[DONE]') return;
      if (data !== undefined) yield rules.parse(data);
    }
  }
}
