import { createRunReader, kindOfStep, type RunEvent, type RunSample } from '@aiwork/core';
import type { Meter } from '@opentelemetry/api';

/** In seconds: from quick steps to those that wait for people. */
const durationBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];
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

export function createMeasures(meter: Meter, label: (name: string, value: string) => string): Measures {
  const seconds = (name: string, description: string) =>
    meter.createHistogram(name, {
      description,
      unit: 's',
      advice: { explicitBucketBoundaries: durationBounds },
    });
  const runs = meter.createCounter('aiwork.runs', { description: 'Runs that are over.' });
  const runSeconds = seconds('aiwork.run.duration', 'From the start of runs to their end, waits included.');
  const steps = meter.createCounter('aiwork.steps', { description: 'Steps that are over.' });
  const stepSeconds = seconds('aiwork.step.duration', 'From the first attempt of steps to their end.');
  const retries = meter.createCounter('aiwork.step.retries', {
    description: 'Attempts that failed and are followed by another.',
  });
  const active = meter.createUpDownCounter('aiwork.runs.active', {
    description: 'Runs that this process works on.',
  });
  const modelCalls = meter.createCounter('aiwork.model.calls', { description: 'Calls of chat models.' });
  const toolCalls = meter.createCounter('aiwork.tool.calls', { description: 'Calls of tools by agents.' });
  const tokens = meter.createHistogram('gen_ai.client.token.usage', {
    description: 'Tokens of calls of chat models.',
    unit: '{token}',
    advice: { explicitBucketBoundaries: tokenBounds },
  });
  const requests = meter.createCounter('aiwork.http.requests', { description: 'Requests answered.' });
  const requestSeconds = seconds('aiwork.http.request.duration', 'From a request to its answer.');
  const reader = createRunReader();

  function count(sample: RunSample): void {
    const unit = label('unit', sample.unitId);
    switch (sample.kind) {
      case 'run': {
        const { status, durationMs } = sample;
        runs.add(1, { unit, status });
        if (durationMs !== undefined) runSeconds.record(durationMs / 1000, { unit, status });
        return;
      }
      case 'step': {
        const { status, durationMs } = sample;
        const step = label('step', sample.stepId);
        steps.add(1, { unit, step, status });
        if (durationMs !== undefined) stepSeconds.record(durationMs / 1000, { unit, step });
        return;
      }
      case 'model': {
        const model = label('model', sample.model);
        modelCalls.add(1, { model });
        const of = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': model };
        tokens.record(sample.inputTokens, { ...of, 'gen_ai.token.type': 'input' });
        tokens.record(sample.outputTokens, { ...of, 'gen_ai.token.type': 'output' });
        return;
      }
      case 'tool':
        toolCalls.add(1, { tool: label('tool', sample.tool), ok: String(sample.ok) });
    }
  }

  return {
    event(event) {
      const sample = reader.read(event);
      if (sample) count(sample);
      else if (event.type === 'step.retrying') {
        const unit = label('unit', reader.placeOf(event).unitId);
        retries.add(1, { unit, step: label('step', kindOfStep(event.stepId)) });
      }
    },
    runBegan: (unit) => active.add(1, { unit: label('unit', unit) }),
    runLeft: (unit) => active.add(-1, { unit: label('unit', unit) }),
    answered(method, route, statusCode, took) {
      const labels = {
        method: label('method', method),
        route: label('route', route),
        status: label('status', String(statusCode)),
      };
      requests.add(1, labels);
      requestSeconds.record(took, labels);
    },
  };
}
