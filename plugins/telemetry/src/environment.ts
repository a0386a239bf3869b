import type { TelemetryCapabilities } from '@aiwork/core';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { httpUrl } from './options.ts';

type Signal = TelemetryCapabilities['signals'][number];
type Variables = Readonly<Record<string, string | undefined>>;

/** The standard variables that the packages of OpenTelemetry leave to who puts them together. */
export interface Environment {
  /** Whether there is somewhere to send a signal to, here or where the code says, and nobody turned that off. */
  sends(signal: Signal, where?: { readonly endpoint: string | undefined }): boolean;
  readonly sampler: Sampler;
  /** Whether what is a part of something that is not sampled is not sampled, either. */
  readonly followsParents: boolean;
  readonly maxQueued: number | undefined;
  /** How long one request may take, in milliseconds. */
  readonly requestTimeoutMs: number | undefined;
  /** How long spans and log records wait for company, in milliseconds. */
  readonly batchDelayMs: number | undefined;
  /** How often metrics are sent, in milliseconds. */
  readonly metricIntervalMs: number;
  /** What it asks for and cannot have. */
  readonly warnings: readonly string[];
}

const endpointVariables = ['', 'TRACES_', 'METRICS_', 'LOGS_'].map(
  (signal) => `OTEL_EXPORTER_OTLP_${signal}ENDPOINT`,
);

export function readEnvironment(variables: Variables = process.env): Environment {
  const text = (name: string) => variables[name]?.trim() || undefined;
  const count = (name: string) => {
    const value = Number(text(name));
    return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  };
  const protocol = text('OTEL_EXPORTER_OTLP_PROTOCOL') ?? 'http/protobuf';
  return {
    sends(signal, where) {
      if (text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return false;
      const name = signal.toUpperCase();
      const exporters = text(`OTEL_${name}_EXPORTER`)?.split(',');
      if (exporters) return exporters.some((exporter) => exporter.trim() === 'otlp');
      return (
        where?.endpoint !== undefined ||
        text('OTEL_EXPORTER_OTLP_ENDPOINT') !== undefined ||
        text(`OTEL_EXPORTER_OTLP_${name}_ENDPOINT`) !== undefined
      );
    },
    followsParents: (text('OTEL_TRACES_SAMPLER') ?? based).startsWith(based),
    sampler: samplerOf(text('OTEL_TRACES_SAMPLER'), text('OTEL_TRACES_SAMPLER_ARG')),
    maxQueued: count('OTEL_BSP_MAX_QUEUE_SIZE'),
    requestTimeoutMs: count('OTEL_EXPORTER_OTLP_TIMEOUT'),
    batchDelayMs: count('OTEL_BSP_SCHEDULE_DELAY'),
    metricIntervalMs: count('OTEL_METRIC_EXPORT_INTERVAL') ?? 60_000,
    warnings: [
      ...(protocol === 'http/protobuf'
        ? []
        : [`OTEL_EXPORTER_OTLP_PROTOCOL asks for ${JSON.stringify(protocol)}: http/protobuf is spoken`]),
      // Not shown: there may be a password in it.
      ...endpointVariables
        .filter((name) => !httpUrl(text(name) ?? 'http://unset'))
        .map((name) => `${name} is no URL of http or https, such as "http://localhost:4318"`),
    ],
  };
}

const based = 'parentbased_';

function samplerOf(name = `${based}always_on`, argument = '1'): Sampler {
  const isBased = name.startsWith(based);
  const root = rootSampler(isBased ? name.slice(based.length) : name, Number(argument));
  return isBased ? new ParentBasedSampler({ root }) : root;
}

function rootSampler(name: string, ratio: number): Sampler {
  if (name === 'always_off') return new AlwaysOffSampler();
  if (name === 'traceidratio' && ratio >= 0 && ratio < 1) return new TraceIdRatioBasedSampler(ratio);
  return new AlwaysOnSampler();
}

/** What begins here is sent in that share; what is a part of something else is sent where that is. */
export function samplerOfRatio(ratio: number): Sampler {
  return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
}
