import { createRunReader, kindOfStep, type RunEvent, type RunSample } from '@aiwork/core';
import { durationBounds } from './duration-bounds.ts';
import type { LabelLimits } from './label-limits.ts';
import type { Add, MetricBook } from './metric-book.ts';
import { once } from './once.ts';

/** As the semantic conventions for generative AI ask for. */
const tokenBounds = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

interface Ends {
  readonly count: Add;
  readonly seconds: Add;
}

/** What is measured of runs and requests. */
export interface Measures {
  event(event: RunEvent): void;
  runBegan(unit: string): void;
  runLeft(unit: string): void;
  answered(method: string, route: string, statusCode: number, seconds: number): void;
}

export function createMeasures(book: MetricBook, label: LabelLimits): Measures {
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
  const unitLabel = label('unit');
  const stepLabel = label('step');
  const modelLabel = label('model');
  const toolLabel = label('tool');
  const methodLabel = label('method');
  const routeLabel = label('route');
  const statusLabel = label('status');

  const unitMeasures = once((unit) => {
    const run = once((status): Ends => ({ count: runs(unit, status), seconds: runSeconds(unit, status) }));
    // A count that begins with 1 has not grown, as far as Prometheus can tell: the first failure would not be seen.
    run('succeeded').count(0);
    run('failed').count(0);
    const step = once((step) => ({
      ended: once((status) => steps(unit, step, status)),
      seconds: stepSeconds(unit, step),
      retried: retries(unit, step),
    }));
    return { active: active(unit), run, step };
  });
  const requestMeasures = once((method) =>
    once((route) =>
      once(
        (status): Ends => ({
          count: requests(method, route, status),
          seconds: requestSeconds(method, route, status),
        }),
      ),
    ),
  );
  const ofUnit = (unitId: string) => unitMeasures(unitLabel(unitId));

  function count(sample: RunSample): void {
    switch (sample.kind) {
      case 'run': {
        const { count, seconds } = ofUnit(sample.unitId).run(sample.status);
        count(1);
        if (sample.durationMs !== undefined) seconds(sample.durationMs / 1000);
        return;
      }
      case 'step': {
        const { ended, seconds } = ofUnit(sample.unitId).step(stepLabel(sample.stepId));
        ended(sample.status)(1);
        if (sample.durationMs !== undefined) seconds(sample.durationMs / 1000);
        return;
      }
      case 'model': {
        const model = modelLabel(sample.model);
        modelCalls(model)(1);
        tokens('chat', model, 'input')(sample.inputTokens);
        tokens('chat', model, 'output')(sample.outputTokens);
        return;
      }
      case 'tool':
        toolCalls(toolLabel(sample.tool), String(sample.ok))(1);
    }
  }

  return {
    event(event) {
      const sample = reader.read(event);
      if (sample) count(sample);
      else if (event.type === 'step.retrying') {
        const { unitId } = reader.placeOf(event);
        ofUnit(unitId)
          .step(stepLabel(kindOfStep(event.stepId)))
          .retried(1);
      }
    },
    runBegan: (unitId) => ofUnit(unitId).active(1),
    runLeft: (unitId) => ofUnit(unitId).active(-1),
    answered(method, route, statusCode, took) {
      const ofMethod = requestMeasures(methodLabel(method));
      const { count, seconds } = ofMethod(routeLabel(route))(statusLabel(String(statusCode)));
      count(1);
      seconds(took);
    },
  };
}
