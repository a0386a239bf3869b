import { contractTests } from '@aiwork/contract-tests/vitest';
import contract from '../contract.ts';

const [words, exact, approximate] = contract;

contractTests(words);
// What happens to a connection does not depend on vectors. The report of conformance has all of it.
contractTests([exact, approximate], { profiles: ['core'] });
