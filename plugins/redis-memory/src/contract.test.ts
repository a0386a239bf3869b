import { contractTests } from '@aiwork/contract-tests/vitest';
import contract from '../contract.ts';

contractTests(contract);
