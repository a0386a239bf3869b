import process from 'node:process';
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

/** The last lines of a terminal, redrawn in place. */
export interface LiveRegion {
  /** How many lines fit. */
  readonly height: number;
  /** Replaces what is drawn by these lines, each cut to the width of the terminal. */
  draw(lines: readonly string[]): void;
  /** Leaves the lines as they are, and lets go of the terminal. */
  end(): void;
}

type Write = NodeJS.WriteStream['write'];

// Terminals that know them show all that is written between the two at once; others ignore them.
const holdFrame = '\u001b[?2026h';
const showFrame = '\u001b[?2026l';

/**
 * Draws at the end of the terminal behind `stream`. What is printed meanwhile to it or to `others` on the same terminal
 * goes above, and the lines come back with the next `draw`.
 *
 * The cursor is never hidden, so that no way to end the process, `kill -9` included, leaves a terminal without one.
 */
export function liveRegion(
  stream: NodeJS.WriteStream,
  others: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr],
): LiveRegion {
  let drawn: readonly string[] = [];
  let midLine = false;
  const write: Write = stream.write.bind(stream);

  /** Takes the lines away. A terminal that became narrower meanwhile has broken them into more rows. */
  function erase(): string {
    if (drawn.length === 0) return '';
    const columns = stream.columns || 80;
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)), 0);
    drawn = [];
    return `\u001b[${Math.min(rows, (stream.rows || 24) - 1)}A\r\u001b[0J`;
  }

  const streams = new Set([stream, ...others.filter((other) => other.isTTY)]);
  const release = [...streams].map((each) =>
    beforeWrites(each, (text) => {
      write(erase());
      midLine = !text.endsWith('\n');
    }),
  );

  return {
    get height() {
      return Math.max(1, (stream.rows || 24) - 1);
    },
    draw(lines) {
      const columns = stream.columns || 80;
      const next = lines.map((line) => cliTruncate(line, columns));
      write(`${holdFrame}${erase()}${midLine ? '\n' : ''}${next.join('\n')}\n${showFrame}`);
      midLine = false;
      drawn = next;
    },
    end() {
      for (const each of release) each();
    },
  };
}

/** Calls `listener` ahead of each write to `stream`, until the returned function is called. */
function beforeWrites(stream: NodeJS.WriteStream, listener: (text: string) => void): () => void {
  const { write } = stream;
  const watched = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    if (text !== '') listener(text);
    return Reflect.apply(write, stream, [chunk, ...rest]) as boolean;
  }) as Write;
  stream.write = watched;
  return () => {
    // Whoever wrapped it since keeps working on our wrapper.
    if (stream.write === watched) stream.write = write;
  };
}
