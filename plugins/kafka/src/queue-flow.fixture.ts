import type { OrchestratorOptions } from '@aiwork/core';
import { kafka } from './plugin.ts';

/** A flow file whose queue is in the Kafka of the tests. */
export const aiwork: OrchestratorOptions = {
  plugins: [kafka({ brokers: (process.env['TEST_BROKERS'] ?? '').split(',') })],
};
