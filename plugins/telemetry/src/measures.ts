import { createRunReader, kindOfStep, type RunEvent, type RunSample } from '@aiwork/core';
import { durationBounds } from './duration-bounds.ts';
import type { MetricBook } from './metric-book.ts';

/** As the semantic conventions for generative AI ask for. */
const tokenBounds = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

/** What is measured of runs and requests. */
export interface Measures {
  event(event: RunEvent): void;
  runBegan(unit: string): void;
  runLeft(unit: string): void;
  answered(method: string, route: string, statusCode: number, seconds: number): void;
}

export function createMeasures(book: MetricBook, label: (name: string, value: string) => string): Measures {
  const counter = (name: string, labels: readonly string[], description: string) =>
    book.counter({ name, labels, description });
  const seconds = (name: string, labels: readonly string[], description: string) =>
    book.histogram({ name, labels, description, unit: 's', bounds: durationBounds });
  const unitStatus = ['unit', 'status'];
  const unitStep = ['unit', 'step'];
  const routeStatus = ['method', 'route', 'status'];

  const runs = counter('aiwork.runs', unitStatus, 'Runs that are over.');
  const runSeconds = seconds(
    'aiwork.run.duration',
    unitStatus,
    'From the start of runs to their end, waits included.',
  );
  const active = book.gauge({
    name: 'aiwork.runs.active',
    labels: ['unit'],
    description: 'Runs that this process works on.',
  });
  const steps = counter('aiwork.steps', ['unit', 'step', 'status'], 'Steps that are over.');
  const stepSeconds = seconds(
    'aiwork.step.duration',
    unitStep,
    'From the first attempt of steps to their end.',
  );
  const retries = counter(
    'aiwork.step.retries',
    unitStep,
    'Attempts that failed and are followed by another.',
  );
  const modelCalls = counter('aiwork.model.calls', ['model'], 'Calls of chat models.');
  const toolCalls = counter('aiwork.tool.calls', ['tool', 'ok'], 'Calls of tools by agents.');
  const tokens = book.histogram({
    name: 'gen_ai.client.token.usage',
    labels: ['gen_ai.operation.name', 'gen_ai.request.model', 'gen_ai.token.type'],
    description: 'Tokens of calls of chat models.',
    unit: '{token}',
    bounds: tokenBounds,
  });
  const requests = counter('aiwork.http.requests', routeStatus, 'Requests answered.');
  const requestSeconds = seconds(
    'aiwork.http.request.duration',
    routeStatus,
    'From a request to its answer.',
  );
  const reader = createRunReader();

  function count(sample: RunSample): void {
    const unit = label('unit', sample.unitId);
    switch (sample.kind) {
      case 'run': {
        const { status, durationMs } = sample;
        runs(1, unit, status);
        if (durationMs !== undefined) runSeconds(durationMs / 1000, unit, status);
        return;
      }
      case 'step': {
        const { status, durationMs } = sample;
        const step = label('step', sample.stepId);
        steps(1, unit, step, status);
        if (durationMs !== undefined) stepSeconds(durationMs / 1000, unit, step);
        return;
      }
      case 'model': {
        const model = label('model', sample.model);
        modelCalls(1, model);
        tokens(sample.inputTokens, 'chat', model, 'input');
        tokens(sample.outputTokens, 'chat', model, 'output');
        return;
      }
      case 'tool':
        toolCalls(1, label('tool', sample.tool), String(sample.ok));
    }
  }

  return {
    event(event) {
      const sample = reader.read(event);
      if (sample) count(sample);
      else if (event.type === 'step.retrying') {
        const unit = label('unit', reader.placeOf(event).unitId);
        retries(1, unit, label('step', kindOfStep(event.stepId)));
      }
    },
    runBegan(unitId) {
      const unit = label('unit', unitId);
      active(1, unit);
      // A count that begins with 1 has not grown, as far as Prometheus can tell: the first failure would not be seen.
      runs(0, unit, 'succeeded');
      runs(0, unit, 'failed');
    },
    runLeft: (unit) => active(-1, label('unit', unit)),
    answered(method, route, statusCode, took) {
      const labels = [
        label('method', method),
        label('route', route),
        label('status', String(statusCode)),
      ] as const;
      requests(1, ...labels);
      requestSeconds(took, ...labels);
    },
  };
}
