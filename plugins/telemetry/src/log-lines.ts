import type { LogLevel, RunEvent } from '@aiwork/core';
import { ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';
import { type Logger, SeverityNumber } from '@opentelemetry/api-logs';
import type { LineLogger } from './options.ts';
import type { SpanPlaces } from './span-places.ts';
import type { Texts } from './texts.ts';

const severities: Readonly<Record<LogLevel, SeverityNumber>> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
};

interface Line {
  readonly level: LogLevel;
  readonly message: string;
  readonly facts: Readonly<Record<string, string>>;
}

export interface LogLinesOptions {
  readonly texts: Texts;
  readonly places: SpanPlaces;
  /** Sends them. */
  readonly sink: Logger | undefined;
  /** Writes them. */
  readonly logger: LineLogger | undefined;
}

/** What steps log, as log records; written lines tell of failures, too, which records need not: their spans do. */
export function createLogLines({ texts, places, sink, logger }: LogLinesOptions): (event: RunEvent) => void {
  function send({ level, message, facts }: Line, at: number, place: SpanContext | undefined): void {
    sink?.emit({
      timestamp: at,
      severityNumber: severities[level],
      severityText: level.toUpperCase(),
      body: message,
      attributes: facts,
      context: place ? trace.setSpanContext(ROOT_CONTEXT, place) : ROOT_CONTEXT,
    });
  }

  function write({ level, message, facts }: Line, place: SpanContext | undefined): void {
    if (!logger) return;
    const ids = place && {
      trace_id: place.traceId,
      span_id: place.spanId,
      trace_flags: `0${place.traceFlags & 1}`,
    };
    logger[level]({ ...ids, ...facts }, message);
  }

  return (event) => {
    if (event.type === 'log') {
      const place = places.find(event.runId, event.stepId);
      const line = {
        level: event.level,
        message: texts.message(event.message),
        facts: factsOf(event, texts),
      };
      send(line, event.at, place);
      write(line, place);
    } else if (logger) {
      const failure = failureIn(event, texts);
      if (failure) write(failure, places.find(event.runId, 'stepId' in event ? event.stepId : undefined));
    }
    if ('attempt' in event && event.type !== 'step.started') {
      places.attemptEnded(event.runId, event.stepId, event.attempt);
    }
  };
}

function factsOf(event: RunEvent, texts: Texts): Line['facts'] {
  const data = 'data' in event ? texts.content(event.data) : undefined;
  return {
    'aiwork.run.id': texts.name(event.runId),
    ...('stepId' in event && { 'aiwork.step.id': texts.name(event.stepId) }),
    ...(data !== undefined && { 'aiwork.log.data': data }),
  };
}

function failureIn(event: RunEvent, texts: Texts): Line | undefined {
  if (event.type !== 'step.retrying' && event.type !== 'step.failed' && event.type !== 'run.finished')
    return undefined;
  const { error } = event;
  if (!error) return undefined;
  const message = texts.content(error.message);
  const facts = {
    ...factsOf(event, texts),
    'error.type': texts.name(error.code ?? error.name),
    ...(message !== undefined && { 'error.message': message }),
  };
  if (event.type === 'run.finished') {
    return { level: event.status === 'failed' ? 'error' : 'warn', message: `run ${event.status}`, facts };
  }
  return event.type === 'step.failed'
    ? { level: 'error', message: 'step failed', facts }
    : { level: 'warn', message: 'step failed, and is tried again', facts };
}
