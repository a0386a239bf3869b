import type { Contract } from '../../engine/contract.ts';
import { ending } from './ending.ts';
import { faults } from './faults.ts';
import type { GuardrailUnderTest } from './guardrail-under-test.ts';
import { secrets } from './secrets.ts';
import { showing } from './showing.ts';
import { streaming } from './streaming.ts';
import { verdicts } from './verdicts.ts';

/** What every `Guardrail` has to do. @since 0.1.0 */
export const guardrailContract: Contract<GuardrailUnderTest> = {
  id: 'guardrail',
  version: '1.0',
  adapter: 'Guardrail',
  groups: [verdicts, streaming, showing, ending, secrets, faults],
};
