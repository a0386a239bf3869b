import { channel } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { createTelemetry, type OpenTelemetry, type TelemetryOptions } from './index.ts';

const tell = (event: unknown) => channel('aiwork:resilience').publish(event);
const metricsOf = async (telemetry: OpenTelemetry) =>
  (await telemetry.scrape()).body.split('\n').filter((line) => line && !line.startsWith('#'));
const open = (options: TelemetryOptions = {}) => createTelemetry({ signals: [], ...options });

describe('what layers of resilience do', () => {
  it('is counted by call, event and reason', async () => {
    await using telemetry = open();
    tell({ type: 'retry', id: 'small', at: 1, attempt: 1, delayMs: 5, error: {} });
    tell({ type: 'retry', id: 'small', at: 2, attempt: 2, delayMs: 9, error: {} });
    tell({ type: 'retry.refused', id: 'small', at: 3, by: 'budget', attempt: 3, error: {} });
    tell({ type: 'timeout', id: 'small', at: 4, of: 'first-output', limitMs: 5 });
    tell({ type: 'bulkhead.refused', id: 'small', at: 5, bulkhead: 'b', by: 'queue' });
    const events = (await metricsOf(telemetry)).filter((line) =>
      line.startsWith('aiwork_resilience_events_total'),
    );
    expect(events).toEqual([
      'aiwork_resilience_events_total{call="small",event="retry",reason=""} 2',
      'aiwork_resilience_events_total{call="small",event="retry.refused",reason="budget"} 1',
      'aiwork_resilience_events_total{call="small",event="timeout",reason="first-output"} 1',
      'aiwork_resilience_events_total{call="small",event="bulkhead.refused",reason="queue"} 1',
    ]);
  });

  it('shows how calls ended and how long they and their waits took, in seconds', async () => {
    await using telemetry = open();
    tell({ type: 'call.succeeded', id: 'small', at: 1, durationMs: 1500 });
    tell({ type: 'call.failed', id: 'small', at: 1, durationMs: 500, shown: false, error: {} });
    tell({ type: 'rate-limit.waiting', id: 'small', at: 1, rateLimit: 'tier-1', by: 'tokens', waitMs: 250 });
    tell({ type: 'fallback', id: 'any', at: 1, from: 'small', to: 'large', error: {} });
    const lines = await metricsOf(telemetry);
    expect(lines).toEqual(
      expect.arrayContaining([
        'aiwork_calls_total{call="small",outcome="succeeded"} 1',
        'aiwork_calls_total{call="small",outcome="failed"} 1',
        'aiwork_call_duration_seconds_sum{call="small",outcome="succeeded"} 1.5',
        'aiwork_rate_limit_wait_seconds_sum{rate_limit="tier-1",reason="tokens"} 0.25',
        'aiwork_fallbacks_total{from="small",to="large"} 1',
      ]),
    );
  });

  it('shows which state a breaker is in, once, whoever tells it', async () => {
    await using telemetry = open();
    const breakers = async () =>
      (await metricsOf(telemetry)).filter((line) => line.startsWith('aiwork_breakers'));
    tell({ type: 'breaker.opened', id: 'small', at: 1, breaker: 'b', openMs: 10, by: 'calls' });
    tell({ type: 'breaker.opened', id: 'other', at: 1, breaker: 'b', openMs: 10, by: 'group' });
    expect(await breakers()).toEqual(['aiwork_breakers{breaker="b",state="open"} 1']);
    tell({ type: 'breaker.half-opened', id: 'small', at: 2, breaker: 'b' });
    tell({ type: 'breaker.closed', id: 'small', at: 3, breaker: 'b', by: 'probe' });
    expect(await breakers()).toEqual([
      'aiwork_breakers{breaker="b",state="open"} 0',
      'aiwork_breakers{breaker="b",state="half-open"} 0',
      'aiwork_breakers{breaker="b",state="closed"} 1',
    ]);
  });

  it('has no more values of a label than there may be', async () => {
    await using telemetry = open({ maxLabelValues: 3 });
    for (let n = 0; n < 50; n += 1) {
      tell({
        type: 'breaker.opened',
        id: `call ${n}`,
        at: 1,
        breaker: `b${n}`,
        openMs: 1,
        by: `reason ${n}`,
      });
      tell({ type: 'call.left', id: `call ${n}`, at: 1, durationMs: 1 });
      tell({ type: 'fallback', id: `call ${n}`, at: 1, from: `model ${n}`, to: `model ${n + 1}`, error: {} });
    }
    const lines = await metricsOf(telemetry);
    for (const name of ['aiwork_breakers', 'aiwork_calls_total', 'aiwork_fallbacks_total']) {
      expect(lines.filter((line) => line.startsWith(`${name}{`))).toHaveLength(4);
    }
  });

  it('is no longer heard once the telemetry is closed', async () => {
    const telemetry = open();
    expect(channel('aiwork:resilience').hasSubscribers).toBe(true);
    await telemetry.close();
    expect(channel('aiwork:resilience').hasSubscribers).toBe(false);
  });

  it('may be anything, and harms nobody', async () => {
    await using telemetry = open();
    for (const odd of [null, 7, 'retry', {}, { type: 'retry' }, { type: 7, id: 'x' }]) tell(odd);
    tell({ type: 'call.succeeded', id: 'x', durationMs: Number.NaN });
    tell({ type: 'rate-limit.waiting', id: 'x' });
    tell({ type: 'breaker.opened', id: 'x' });
    expect(await metricsOf(telemetry)).toContain('aiwork_calls_total{call="x",outcome="succeeded"} 1');
  });
});
