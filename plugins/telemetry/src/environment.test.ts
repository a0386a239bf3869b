import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' };
const sent = (variables: Record<string, string>) =>
  (['traces', 'metrics', 'logs'] as const).filter((signal) => readEnvironment(variables).sends(signal));

describe('the environment', () => {
  it.each<[string, Record<string, string>, readonly string[]]>([
    ['nothing, as long as there is nowhere to send it to', {}, []],
    ['everything there is an endpoint for', endpoint, ['traces', 'metrics', 'logs']],
    [
      'one signal that has an endpoint of its own',
      { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://l' },
      ['logs'],
    ],
    ['what it is told to, to the standard endpoint', { OTEL_TRACES_EXPORTER: 'otlp' }, ['traces']],
    ['nothing that is turned off', { ...endpoint, OTEL_METRICS_EXPORTER: 'none' }, ['traces', 'logs']],
    [
      'what Prometheus only reads not as well',
      { ...endpoint, OTEL_METRICS_EXPORTER: 'prometheus' },
      ['traces', 'logs'],
    ],
    ['what goes to several places', { OTEL_LOGS_EXPORTER: 'console, otlp' }, ['logs']],
    ['nothing when all is turned off', { ...endpoint, OTEL_SDK_DISABLED: 'true' }, []],
  ])('sends %s', (_, variables, signals) => {
    expect(sent(variables)).toEqual(signals);
  });

  it('turns off what the code gives an endpoint for', () => {
    const sends = (variables: Record<string, string>) =>
      readEnvironment(variables).sends('traces', { endpoint: 'http://collector:4318' });
    expect(sends({})).toBe(true);
    expect(sends({ OTEL_SDK_DISABLED: 'true' })).toBe(false);
    expect(sends({ OTEL_TRACES_EXPORTER: 'none' })).toBe(false);
  });

  it.each<[Record<string, string>, string]>([
    [{}, 'ParentBased{root=AlwaysOnSampler'],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, 'AlwaysOffSampler'],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, 'ParentBased{root=AlwaysOffSampler'],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }, 'TraceIdRatioBased{0.25}'],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' }, 'ParentBased{root=AlwaysOnSampler'],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'half' }, 'AlwaysOnSampler'],
  ])('samples as %j says', (variables, sampler) => {
    expect(readEnvironment(variables).sampler.toString()).toContain(sampler);
  });

  it('takes numbers that are some, and leaves others', () => {
    const variables = { OTEL_BSP_MAX_QUEUE_SIZE: '64', OTEL_METRIC_EXPORT_INTERVAL: 'often' };
    expect(readEnvironment(variables)).toMatchObject({ maxQueued: 64, metricIntervalMs: 60_000 });
  });

  it('says what it asks for and cannot have', () => {
    expect(readEnvironment({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }).warnings).toEqual([
      'OTEL_EXPORTER_OTLP_PROTOCOL asks for "grpc": http/protobuf is spoken',
    ]);
    const wrong = { OTEL_EXPORTER_OTLP_ENDPOINT: 'hunter2:4318', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'logs' };
    expect(readEnvironment(wrong).warnings).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT is no URL of http or https, such as "http://localhost:4318"',
      'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT is no URL of http or https, such as "http://localhost:4318"',
    ]);
    expect(readEnvironment(endpoint).warnings).toEqual([]);
  });
});
