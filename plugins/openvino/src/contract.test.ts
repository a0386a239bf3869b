import { contractTests } from '@aiwork/contract-tests/vitest';
import { describe } from 'vitest';
import contract from '../contract.ts';
import { skippedWithoutOpenvino } from './openvino.fixture.ts';

const why = await skippedWithoutOpenvino();

describe.skipIf(why !== '')(`OpenVINO${why}`, () => {
  contractTests(contract);
});
