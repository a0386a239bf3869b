import { contractTests } from '@aiwork/contract-tests/vitest';
import subject from '../contract.ts';

contractTests(subject);
