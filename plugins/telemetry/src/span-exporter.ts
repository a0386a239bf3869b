import { OTLPExporterBase, type OTLPExporterNodeConfigBase } from '@opentelemetry/otlp-exporter-base';
import {
  convertLegacyHttpOptions,
  createOtlpHttpExportDelegate,
} from '@opentelemetry/otlp-exporter-base/node-http';
import { TraceExporterMetricsHelper } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { BatchExporter } from './keep-trying.ts';
import { createSpanSerializer } from './span-serializer.ts';

/** Sends spans as OTLP over HTTP, as the exporter of OpenTelemetry does, but for how they are written. */
export function createSpanExporter(options: OTLPExporterNodeConfigBase): BatchExporter<ReadableSpan> {
  const headers = { 'Content-Type': 'application/x-protobuf' };
  return new OTLPExporterBase(
    createOtlpHttpExportDelegate(
      convertLegacyHttpOptions(options, 'TRACES', 'v1/traces', headers),
      createSpanSerializer(),
      'otlp_http_span_exporter',
      TraceExporterMetricsHelper,
      undefined,
    ),
  );
}
