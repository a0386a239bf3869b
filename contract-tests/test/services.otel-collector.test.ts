import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type HeldService, type OtelCollectorService, otelCollectorService } from '../src/services/index.ts';
import { describeWithEngine } from './with-engine.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 15 * 60_000;
vi.setConfig({ testTimeout: 60_000 });

let held: HeldService<OtelCollectorService>;

beforeAll(async () => {
  held = await otelCollectorService().hold();
}, coldStartMs);
afterAll(() => held.release());

function resource(serviceName: string) {
  return { attributes: [{ key: 'service.name', value: { stringValue: serviceName } }] };
}

async function post(path: string, body: unknown): Promise<number> {
  const { status } = await fetch(`${held.service.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return status;
}

const sendSpan = (serviceName: string, name: string) =>
  post('/v1/traces', {
    resourceSpans: [
      {
        resource: resource(serviceName),
        scopeSpans: [
          {
            spans: [
              {
                name,
                traceId: '5B8EFFF798038103D269B633813FC60C',
                spanId: 'EEE19B7EC3C1B174',
                parentSpanId: 'EEE19B7EC3C1B173',
                kind: 3,
                startTimeUnixNano: '1544712660000000000',
                endTimeUnixNano: '1544712661000000001',
                status: { code: 2, message: 'no paper' },
                attributes: [
                  { key: 'text', value: { stringValue: 'a\u0000b' } },
                  { key: 'count', value: { intValue: '4' } },
                  { key: 'share', value: { doubleValue: 0.5 } },
                  { key: 'yes', value: { boolValue: true } },
                  { key: 'list', value: { arrayValue: { values: [{ stringValue: 'x' }] } } },
                  { key: '__proto__', value: { stringValue: 'own' } },
                ],
              },
            ],
          },
        ],
      },
    ],
  });

describeWithEngine('otelCollectorService', () => {
  it('gives the spans it took from a service, and no other', async () => {
    expect(await sendSpan('one', 'printing')).toBe(200);
    expect(await sendSpan('other', 'printing')).toBe(200);
    const { spans } = held.service.received('one');
    expect(spans).toEqual([
      {
        resource: { 'service.name': 'one' },
        name: 'printing',
        traceId: '5b8efff798038103d269b633813fc60c',
        spanId: 'eee19b7ec3c1b174',
        parentSpanId: 'eee19b7ec3c1b173',
        kind: 'client',
        startNs: 1544712660000000000n,
        endNs: 1544712661000000001n,
        status: 'error',
        statusMessage: 'no paper',
        attributes: Object.fromEntries([
          ['text', 'a\u0000b'],
          ['count', 4],
          ['share', 0.5],
          ['yes', true],
          ['list', ['x']],
          ['__proto__', 'own'],
        ]),
        events: [],
      },
    ]);
  });

  it('gives points of metrics, and log records', async () => {
    const point = { attributes: [{ key: 'model', value: { stringValue: 'm' } }], timeUnixNano: '2' };
    const metrics = [
      { name: 'calls', sum: { aggregationTemporality: 2, dataPoints: [{ ...point, asInt: '3' }] } },
      { name: 'level', gauge: { dataPoints: [{ ...point, asDouble: 1.5 }] } },
      {
        name: 'seconds',
        unit: 's',
        histogram: {
          aggregationTemporality: 1,
          dataPoints: [{ ...point, count: '2', sum: 3.5, bucketCounts: ['2'], explicitBounds: [] }],
        },
      },
    ];
    const resourceMetrics = [{ resource: resource('metrics'), scopeMetrics: [{ metrics }] }];
    expect(await post('/v1/metrics', { resourceMetrics })).toBe(200);
    const { points } = held.service.received('metrics');
    expect(points).toMatchObject([
      { metric: 'calls', kind: 'sum', temporality: 'cumulative', value: 3, attributes: { model: 'm' } },
      { metric: 'level', kind: 'gauge', value: 1.5 },
      { metric: 'seconds', unit: 's', kind: 'histogram', temporality: 'delta', value: 3.5, count: 2 },
    ]);
    const logRecords = [{ severityText: 'WARN', body: { stringValue: 'low on paper' } }];
    const resourceLogs = [{ resource: resource('logs'), scopeLogs: [{ logRecords }] }];
    expect(await post('/v1/logs', { resourceLogs })).toBe(200);
    expect(held.service.received('logs').logs).toMatchObject([{ severity: 'WARN', body: 'low on paper' }]);
  });

  it('refuses what is no OTLP', async () => {
    expect(await post('/v1/traces', { resourceSpans: 'none' })).toBe(400);
  });

  it.each(['restart', 'kill'] as const)('takes spans at the same address after a %s', async (stop) => {
    await sendSpan(stop, 'before');
    await held.service[stop]?.();
    await sendSpan(stop, 'after');
    expect(held.service.received(stop).spans.map(({ name }) => name)).toEqual(['before', 'after']);
  });

  it('says which it is', () => {
    expect(held.service.facts).toMatchObject({
      name: 'opentelemetry-collector',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    expect(held.service.urlAt({ host: 'link', port: 4711 })).toBe('http://link:4711');
  });
});
