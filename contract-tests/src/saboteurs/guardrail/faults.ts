import type { GuardrailUnderTest } from '../../contracts/guardrail/guardrail-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { remoteGuardrail } from './remote.ts';

/** Guardrails that ask a service and do wrong when it is away. */
export const guardrailFaultSaboteurs: readonly Saboteur<GuardrailUnderTest>[] = [
  {
    id: 'lets-pass-unchecked',
    breaks: 'Lets pass what it could not check',
    caughtBy: [
      { check: 'guardrail.faults.lets-nothing-slip', message: '"this is forbidden" not to pass around' },
    ],
    sabotage: () => remoteGuardrail({ otherwise: { action: 'pass' }, client: { repeats: () => false } }),
    onlyNamed: true,
  },
  {
    id: 'waits-for-its-service',
    breaks: 'Has no deadline for its service',
    caughtBy: [{ check: 'guardrail.faults.decides-again', message: 'to end within 1000 ms' }],
    sabotage: () => remoteGuardrail({ client: { deadlineMs: Number.POSITIVE_INFINITY } }),
    onlyNamed: true,
  },
  {
    id: 'blocks-for-ever',
    breaks: 'Blocks everything from the first fault on',
    caughtBy: [{ check: 'guardrail.faults.decides-again', message: "'pass' for" }],
    sabotage: () => remoteGuardrail({ client: { reconnects: false } }),
    onlyNamed: true,
  },
  {
    id: 'closed-though-it-says-open',
    breaks: 'Declares that it fails open, and blocks',
    caughtBy: [{ check: 'guardrail.faults.fails-open', message: 'while the service is away to be' }],
    sabotage: () => remoteGuardrail({ facts: { failsOpen: true } }),
    onlyNamed: true,
  },
  {
    id: 'prints-its-faults',
    breaks: 'Prints that its service is away',
    caughtBy: [{ check: 'guardrail.faults.nothing-stray', message: 'printed: the service is away' }],
    sabotage: () => remoteGuardrail({ client: { onBreak: () => console.warn('the service is away') } }),
    onlyNamed: true,
  },
];
