import type { Guardrail } from '@aiwork/core';
import type { GuardrailUnderTest } from '../../contracts/guardrail/guardrail-under-test.ts';
import { inClients } from '../saboteur.ts';

/** The mistake is in the guardrail; everything else of it stays. */
export const broken = (breakIt: () => Partial<Guardrail>) =>
  inClients<GuardrailUnderTest>(({ guardrail }) => ({ guardrail: { ...guardrail, ...breakIt() } }));
