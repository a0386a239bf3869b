import {
  AiworkError,
  defineFlow,
  definePlugin,
  type FlowExporter,
  type OrchestratorOptions,
  UnsupportedCapabilityError,
} from '@aiwork/core';
import { z } from 'zod';

/** Writes what it was given, into as many files as it is told to. */
const exporter: FlowExporter = {
  target: 'drawing',
  async export(flow, options = {}) {
    const { paths = ['flow.txt'], refuse, ...rest } = options;
    if (refuse === 'option') throw new AiworkError('AIWORK_INVALID_ARGUMENT', 'there is no such option');
    if (refuse === 'step' && !options.approximate) {
      throw new UnsupportedCapabilityError('step "only" cannot be drawn');
    }
    const content = `${JSON.stringify({ id: flow.id, ...rest })}\n`;
    return z
      .array(z.string())
      .parse(paths)
      .map((path) => ({ path, content }));
  },
};

const drawing = definePlugin({
  name: '@example/drawing',
  setup: (host) => host.provide('exporter', exporter),
});

const unreachable = definePlugin({
  name: 'unreachable',
  setup() {
    throw new Error('it is not there at this time');
  },
});

export const aiwork: OrchestratorOptions = { plugins: [unreachable(), drawing()] };

export const first = defineFlow({ id: 'first', input: z.object({}) }, (f) =>
  f.step('only', { run: () => 1 }),
);
export const second = defineFlow({ id: 'second', input: z.object({}) }, (f) =>
  f.step('only', { run: () => 2 }),
);
