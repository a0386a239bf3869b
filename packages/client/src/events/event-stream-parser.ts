/** Takes the text of an event stream as it comes in, and gives the data of the messages that are complete. */
export interface EventStreamParser {
  push(text: string): readonly string[];
}

/**
 * Reads `text/event-stream` as the HTML standard has it, as far as `data` goes. What no empty line ends was cut off, and is
 * not given.
 */
export function eventStreamParser(): EventStreamParser {
  let cr = '';
  /** Of a line that has not ended: put together once, however many they are. */
  let pieces: string[] = [];
  let data: string[] = [];

  function takeLine(line: string): readonly string[] {
    if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
    if (line !== '' || data.length === 0) return [];
    const message = data.join('\n');
    data = [];
    return [message];
  }

  return {
    push(text) {
      const all = cr + text;
      // A CR at the end may be half of a line break.
      cr = all.endsWith('\r') ? '\r' : '';
      const [end = '', ...lines] = all.slice(0, all.length - cr.length).split(/\r\n|\n|\r/);
      pieces.push(end);
      if (lines.length === 0) return [];
      const ended = pieces.join('');
      pieces = [lines.pop() ?? ''];
      return [ended, ...lines].flatMap(takeLine);
    },
  };
}
