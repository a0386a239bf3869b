import { expect, it } from 'vitest';
import { toolCallPieces } from './tool-call-pieces.ts';

const calls = (pieces: Parameters<ReturnType<typeof toolCallPieces>['add']>[0][]) => {
  const growing = toolCallPieces('m');
  for (const piece of pieces) growing.add(piece);
  return growing.whole().map((chunk) => chunk.type === 'tool-call' && [chunk.id, chunk.name, chunk.input]);
};

it('puts inputs together that come in turns', () => {
  const pieces = [
    { index: 0, id: 'a', name: 'add', input: '{"x"' },
    { index: 1, id: 'b', name: 'sub', input: '{' },
    { index: 0, input: ':1}' },
    { index: 1, input: '}' },
  ];
  expect(calls(pieces)).toEqual([
    ['a', 'add', { x: 1 }],
    ['b', 'sub', {}],
  ]);
});

it('takes another id in the same place for another call', () => {
  const pieces = [
    { index: 0, id: 'a', name: 'add', input: '{"x":1}' },
    { index: 0, id: 'b', name: 'add', input: '{"x":2}' },
  ];
  expect(calls(pieces)).toEqual([
    ['a', 'add', { x: 1 }],
    ['b', 'add', { x: 2 }],
  ]);
});

it('takes an id and a name that are repeated for what they are', () => {
  const pieces = [
    { index: 0, id: 'a', name: 'add', input: '{"x"' },
    { index: 0, id: 'a', name: 'add', input: ':1}' },
  ];
  expect(calls(pieces)).toEqual([['a', 'add', { x: 1 }]]);
});

it('numbers calls without ids', () => {
  expect(
    calls([
      { index: 0, name: 'a' },
      { index: 1, name: 'b' },
    ]),
  ).toEqual([
    ['call_0', 'a', {}],
    ['call_1', 'b', {}],
  ]);
});

it('refuses a call of nothing', () => {
  expect(() => calls([{ index: 0, id: 'a', input: '{}' }])).toThrow(/without naming one/);
});
