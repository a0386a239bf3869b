import { contractTests } from '@aiwork/contract-tests/vitest';
import { describe } from 'vitest';
import contract from '../contract.ts';
import { openvinoOfTests } from './openvino.fixture.ts';

const openvino = await openvinoOfTests();
const reason = 'missing' in openvino ? ` (skipped: ${openvino.missing})` : '';

describe.skipIf('missing' in openvino)(`OpenVINO${reason}`, () => {
  contractTests(contract);
});
