import type { Contract } from '../../engine/contract.ts';
import { ending } from './ending.ts';
import { faults } from './faults.ts';
import { hostile } from './hostile.ts';
import { measurements } from './measurements.ts';
import { refusals } from './refusals.ts';
import { secrets } from './secrets.ts';
import { spans } from './spans.ts';
import type { TelemetryUnderTest } from './telemetry-under-test.ts';

/** What every `Telemetry` has to do. @since 0.1.0 */
export const telemetryContract: Contract<TelemetryUnderTest> = {
  id: 'telemetry',
  version: '1.0',
  adapter: 'Telemetry',
  groups: [spans, measurements, hostile, ending, secrets, faults, refusals],
};
