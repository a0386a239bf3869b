import { defineFlow } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { noListenerLeft } from '../aborting.ts';
import { leftHandles } from '../left-handles.ts';
import { exported } from './exporting.ts';
import type { FlowExporterUnderTest } from './flow-exporter-under-test.ts';
import { anything } from './flows/anything.ts';

const flow = defineFlow({ id: 'a flow', input: anything }, (f) => f.step('only', { run: () => 1 }));

export const ending: CheckGroup<FlowExporterUnderTest> = {
  id: 'ending',
  title: 'Abort and end',
  checks: [
    {
      id: 'flow-exporter.ending.aborted-before',
      rule: 'An export whose signal was aborted before is refused, with the reason as its cause',
      anchor: 'CallOptions.signal',
      why: 'who has left would wait for files that nobody wants',
      async run(t) {
        const { exporter, options } = await t.open();
        const reason = new Error('the user left');
        const error = await t.refuses(
          () => exporter.export(flow, { ...options, signal: AbortSignal.abort(reason) }),
          'an export with an aborted signal',
          { code: 'AIWORK_CANCELLED', notApplied: false },
        );
        t.that(error.cause === reason, 'the reason of the signal as the cause', error.cause);
      },
    },
    noListenerLeft<FlowExporterUnderTest>({
      contract: 'flow-exporter',
      calls: ({ exporter, options }, { signal }) => ({
        'export()': () => exporter.export(flow, { ...options, ...(signal && { signal }) }),
      }),
    }),
    {
      id: 'flow-exporter.ending.no-handle-left',
      rule: 'An export leaves no handle that keeps the process alive',
      anchor: 'Adapter',
      why: 'a command that has written its files never ends',
      alone: true,
      async run(t) {
        const exports = 8;
        const subject = await t.open();
        const left = await leftHandles(exports, async () => {
          for (let n = 0; n < exports; n += 1) await exported(t, subject, flow);
        });
        t.same(left, [], `handles that ${exports} exports left open`);
      },
    },
  ],
};
