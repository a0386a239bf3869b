import {
  type Attributes,
  type AttributeValue,
  type Context,
  type Exception,
  type HrTime,
  INVALID_SPAN_CONTEXT,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  trace,
} from '@opentelemetry/api';
import { type InstrumentationScope, millisToHrTime } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';

/** Whose spans they are, and where they go. */
export interface SpanOrigin {
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  /** Makes a span of the SDK of one that it has not begun: at its place, with what it has by then. */
  grown(span: PlainSpan, around: Context): Span;
  ended(span: ReadableSpan): void;
}

export interface PlainSpanOptions {
  readonly name: string;
  readonly kind: SpanKind;
  readonly place: SpanContext;
  readonly parent: SpanContext | undefined;
  readonly around: Context;
  /** Its own from now on. */
  readonly attributes: Attributes;
}

const unset: SpanStatus = { code: SpanStatusCode.UNSET };
const noLinks: Link[] = [];
const noEvents: TimedEvent[] = [];
/** Takes what comes too late. */
const nothing = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/**
 * A span that knows what the engine says of it, and no more. Those of the SDK check, copy and bound whatever any code may give
 * them, which takes longer than all else that is done for a span. Other code that wants something of this one makes it one of
 * those.
 */
export class PlainSpan implements Span, ReadableSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly parentSpanContext?: SpanContext;
  readonly links = noLinks;
  readonly events = noEvents;
  readonly droppedAttributesCount = 0;
  readonly droppedEventsCount = 0;
  readonly droppedLinksCount = 0;
  status = unset;
  /** Since the Unix epoch. */
  readonly startedAtMs = Date.now();
  readonly #startedAt = performance.now();
  #tookMs = -1;
  readonly #place: SpanContext;
  readonly #origin: SpanOrigin;
  #around: Context | undefined;
  #grown: Span | undefined;

  constructor({ name, kind, place, parent, around, attributes }: PlainSpanOptions, origin: SpanOrigin) {
    this.name = name;
    this.kind = kind;
    this.attributes = attributes;
    if (parent) this.parentSpanContext = parent;
    this.#place = place;
    this.#around = around;
    this.#origin = origin;
  }

  // ── What the engine says ──────────────────────────────────────────────────────────────────

  /** Attributes that are as they may be: of the types that there are, and no longer than they may be. */
  put(attributes: Attributes): void {
    if (this.#grown) this.#grown.setAttributes(attributes);
    else if (!this.ended) Object.assign(this.attributes, attributes);
  }

  fail(message: string | undefined): void {
    const status = { code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) };
    if (this.#grown) this.#grown.setStatus(status);
    else if (!this.ended) this.status = status;
  }

  end(endTime?: TimeInput): void {
    if (this.ended) return;
    this.#tookMs = Math.max(0, performance.now() - this.#startedAt);
    if (this.#grown || endTime !== undefined) return this.#grow().end(endTime ?? this.endTime);
    this.#around = undefined;
    this.#origin.ended(this);
  }

  // ── What other code says ──────────────────────────────────────────────────────────────────

  spanContext(): SpanContext {
    return this.#place;
  }

  isRecording(): boolean {
    return this.#grown ? this.#grown.isRecording() : !this.ended;
  }

  setAttribute(key: string, value: AttributeValue): this {
    this.#grow().setAttribute(key, value);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    this.#grow().setAttributes(attributes);
    return this;
  }

  addEvent(name: string, attributesOrStartTime?: Attributes | TimeInput, startTime?: TimeInput): this {
    this.#grow().addEvent(name, attributesOrStartTime, startTime);
    return this;
  }

  addLink(link: Link): this {
    this.#grow().addLink(link);
    return this;
  }

  addLinks(links: Link[]): this {
    this.#grow().addLinks(links);
    return this;
  }

  setStatus(status: SpanStatus): this {
    this.#grow().setStatus(status);
    return this;
  }

  updateName(name: string): this {
    this.#grow().updateName(name);
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    this.#grow().recordException(exception, time);
  }

  #grow(): Span {
    if (this.#around) {
      this.#grown = this.#origin.grown(this, this.#around);
      this.#around = undefined;
    }
    return this.#grown ?? nothing;
  }

  // ── What is sent ──────────────────────────────────────────────────────────────────────────

  get ended(): boolean {
    return this.#tookMs >= 0;
  }

  /** Since the Unix epoch, with fractions. */
  get endedAtMs(): number {
    return this.startedAtMs + this.#tookMs;
  }

  get startTime(): HrTime {
    return millisToHrTime(this.startedAtMs);
  }

  get endTime(): HrTime {
    return millisToHrTime(this.endedAtMs);
  }

  get duration(): HrTime {
    return millisToHrTime(this.#tookMs);
  }

  get resource(): Resource {
    return this.#origin.resource;
  }

  get instrumentationScope(): InstrumentationScope {
    return this.#origin.scope;
  }
}
