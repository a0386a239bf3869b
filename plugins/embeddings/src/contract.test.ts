import { contractTests } from '@aiwork/contract-tests/vitest';
import subjects from '../contract.ts';

for (const subject of subjects) contractTests(subject, { deadlineMs: 120_000 });
