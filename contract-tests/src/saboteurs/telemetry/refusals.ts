import type { TelemetryUnderTest } from '../../contracts/telemetry/telemetry-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { ruledRemotely, silent } from './broken.ts';
import { remoteTelemetry } from './reference.ts';
import { telemetryRules } from './reference-telemetry.ts';

/** Telemetry that does wrong when its receiver refuses. */
export const refusalSaboteurs: readonly Saboteur<TelemetryUnderTest>[] = [
  {
    id: 'loses-what-is-refused-for-now',
    breaks: 'Drops what a receiver asks to be sent again later',
    caughtBy: [
      { check: 'telemetry.refusals.kept-for-now', message: 'a span refused with status 429 to arrive' },
    ],
    sabotage: ruledRemotely({ fate: (status) => (status === 200 ? 'taken' : 'refused') }),
    onlyNamed: true,
  },
  {
    id: 'repeats-what-is-refused',
    breaks: 'Sends again what a receiver cannot take',
    caughtBy: [
      {
        check: 'telemetry.refusals.not-repeated',
        message: 'the requests that follow one answered with status 400 to be 0',
      },
    ],
    sabotage: ruledRemotely({ fate: (status) => (status === 200 ? 'taken' : 'later') }),
    onlyNamed: true,
  },
  {
    id: 'stops-at-nonsense',
    breaks: 'Sends nothing more after an answer that it does not know',
    caughtBy: [{ check: 'telemetry.refusals.nonsense', message: 'a span to arrive after' }],
    sabotage() {
      let isOver = false;
      return remoteTelemetry({
        fate(status) {
          isOver ||= status === 500;
          return telemetryRules.fate(status);
        },
      }).then(silent(() => isOver));
    },
    onlyNamed: true,
  },
  {
    id: 'warns-with-the-answer',
    breaks: 'Repeats in its warning what the receiver said',
    caughtBy: [{ check: 'telemetry.refusals.secrets', message: 'no secret in any warning' }],
    sabotage: ruledRemotely({
      onTrouble: (why, { body }) => process.emitWarning(`telemetry is not taken: ${why}, ${body}`),
    }),
    onlyNamed: true,
  },
];
