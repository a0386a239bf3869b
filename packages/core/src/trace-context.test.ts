import { expect, it } from 'vitest';
import { readTraceContext } from './trace-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

it.each([
  [`00-${traceId}-${spanId}-01`, true],
  [`01-${traceId}-${spanId}-00`, true],
  [`01-${traceId}-${spanId}-00-what a later version says`, true],
  [`00-${traceId}-${spanId}-01-more`, false],
  [`00-${traceId}-${spanId}-01-`, false],
  [`01-${traceId}-${spanId}-00more`, false],
  [`ff-${traceId}-${spanId}-01`, false],
  [`00-${'0'.repeat(32)}-${spanId}-01`, false],
  [`00-${traceId}-${'0'.repeat(16)}-01`, false],
  [`00-${traceId.toUpperCase()}-${spanId}-01`, false],
  [`00-${traceId}-${spanId}-01\n`, false],
  [undefined, false],
])('reads a place out of %j: %s', (traceparent, isOne) => {
  expect(readTraceContext({ traceparent })).toEqual(isOne ? { traceparent } : undefined);
});

it('leaves out what is no tracestate', () => {
  const traceparent = `00-${traceId}-${spanId}-01`;
  for (const tracestate of ['', 'a=b\n', 'x'.repeat(513), ['a=b']])
    expect(readTraceContext({ traceparent, tracestate })).toEqual({ traceparent });
  expect(readTraceContext({ traceparent, tracestate: 'a=b' })).toEqual({ traceparent, tracestate: 'a=b' });
});
