import { describe, expect, it } from 'vitest';
import { parseCitedLines, parseCitedText, toCitedText } from './cited-text.ts';

describe('toCitedText', () => {
  it('puts citations before the final dot', () => {
    expect(
      toCitedText([
        { text: 'It is.', cites: [1, 3] },
        { text: 'No dot', cites: [2] },
      ]),
    ).toBe('It is [1][3].\nNo dot [2]');
  });

  it('is read back as it was, whatever a statement holds', () => {
    const statements = [
      { text: 'See [7]. And so on…', cites: [1] },
      { text: '1. Not a list', cites: [2, 3] },
      { text: 'Uncited.', cites: [] },
    ];
    expect(parseCitedLines(toCitedText(statements))).toEqual(statements);
  });
});

describe('parseCitedText', () => {
  it.each([
    ['It is [1].', [['It is.', [1]]]],
    [
      'It is. [1] So be it. [2][3]',
      [
        ['It is.', [1]],
        ['So be it.', [2, 3]],
      ],
    ],
    [
      'It is.[1, 2] So be it.',
      [
        ['It is.', [1, 2]],
        ['So be it.', []],
      ],
    ],
    ['It [2] is [1], really!', [['It is, really!', [2, 1]]]],
    [
      '- One [1].\n- Two [2].\n',
      [
        ['One.', [1]],
        ['Two.', [2]],
      ],
    ],
    [
      '1. One [1].\n2. Two [2].',
      [
        ['One.', [1]],
        ['Two.', [2]],
      ],
    ],
    ['He said “yes.” [1]', [['He said “yes”.', [1]]]],
    ['  \n', []],
  ] as const)('finds the statements of %j', (text, statements) => {
    expect(parseCitedText(text).map(({ text: said, cites }) => [said, cites])).toEqual(statements);
  });
});
