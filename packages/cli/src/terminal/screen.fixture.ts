import xterm from '@xterm/headless';

/** A terminal that can be looked at: what is written to `stream` shows on `lines()`. */
export function screen(columns: number, rows: number) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const stream = {
    isTTY: true,
    columns,
    rows,
    write(text: string) {
      terminal.write(text);
      return true;
    },
  };
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    resize(newColumns: number, newRows: number) {
      terminal.resize(newColumns, newRows);
      Object.assign(stream, { columns: newColumns, rows: newRows });
    },
    /** All lines, scrolled ones included, without the empty ones at the end. */
    async lines(): Promise<string[]> {
      await new Promise<void>((resolve) => terminal.write('', resolve));
      const { active } = terminal.buffer;
      const all = Array.from(
        { length: active.length },
        (_, i) => active.getLine(i)?.translateToString(true) ?? '',
      );
      return all.slice(0, all.findLastIndex((line) => line !== '') + 1);
    },
  };
}
