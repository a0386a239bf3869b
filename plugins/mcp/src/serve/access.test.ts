import { AiworkError } from '@aiwork/core';
import { expect, it } from 'vitest';
import { metaFields } from '../meta-fields.ts';
import type { McpAccess } from './access.ts';
import { eras, serve, textOf } from './serve.fixture.ts';

/** Tells what was done for whoever asks, and lets one run be begun. */
function watched() {
  const deeds: string[] = [];
  const access = (): McpAccess => ({
    mayDo: () => true,
    async begin(unitId, start) {
      if (deeds.length > 0) throw new AiworkError('AIWORK_OVERLOADED', 'there is enough to do');
      const run = await start();
      deeds.push(`begin ${unitId}`);
      return run;
    },
    async control(_runId, action, act) {
      const result = await act().catch((error) => {
        deeds.push(`${action} refused: ${error.code}`);
        throw error;
      });
      deeds.push(action);
      return result;
    },
  });
  return { deeds, access };
}

it.each(eras)('has what %s clients do done by who let them in', async (era) => {
  const { deeds, access } = watched();
  const { connect } = await serve({ access });
  const client = await connect(era);
  const asked = await client.callTool({ name: 'ask', arguments: { name: 'Ada' } });
  const run = String(asked._meta?.[metaFields.runId]);
  expect(textOf(await client.callTool({ name: 'ask', arguments: { name: 'Bob' } }))).toContain(
    'enough to do',
  );
  const answer = { step: 'may', payload: { yes: true } };
  await client.callTool({ name: 'aiwork_answer', arguments: { run: 'nobody', ...answer } });
  await client.callTool({ name: 'aiwork_answer', arguments: { run, ...answer } });
  await client.callTool({ name: 'aiwork_cancel', arguments: { run } });
  expect(deeds).toEqual(['begin ask', 'signal refused: AIWORK_RUN_NOT_FOUND', 'signal', 'cancel']);
});
