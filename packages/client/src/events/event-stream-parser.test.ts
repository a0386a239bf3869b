import { describe, expect, it } from 'vitest';
import { eventStreamParser } from './event-stream-parser.ts';

const text = ': here\n\nid: 1\nevent: log\ndata: {"a":\ndata: 1}\n\ndata:two\n\n\nevent: none\n\ndata: cut';
const messages = ['{"a":\n1}', 'two'];

describe('an event stream', () => {
  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('is read wherever it is cut into pieces, with lines that end with %s', (_, lineEnd) => {
    const whole = text.replaceAll('\n', lineEnd);
    for (let first = 0; first <= whole.length; first += 1) {
      for (let second = first; second <= whole.length; second += 1) {
        const { push } = eventStreamParser();
        const pieces = [whole.slice(0, first), whole.slice(first, second), whole.slice(second)];
        expect(pieces.flatMap(push), `cut at ${first} and ${second}`).toEqual(messages);
      }
    }
  });

  it('takes no longer for a piece of a long message than for one of a short one', () => {
    const { push } = eventStreamParser();
    const begun = performance.now();
    push('data: ');
    for (let i = 0; i < 4096; i += 1) push('x'.repeat(4096));
    expect(push('\n\n')[0]).toHaveLength(4096 * 4096);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('does not give what was cut off', () => {
    const { push } = eventStreamParser();
    expect(push('data: {"half":')).toEqual([]);
    expect(push('1}\n')).toEqual([]);
    expect(push('\n')).toEqual(['{"half":1}']);
  });
});
