import { contractTests } from '@aiwork/contract-tests/vitest';
import contract from '../contract.ts';

contractTests(contract, { deadlineMs: 60_000 });
