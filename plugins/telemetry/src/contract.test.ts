import { contractTests } from '@aiwork/contract-tests/vitest';
import subjects from '../contract.ts';

contractTests(subjects);
