import { getEventListeners } from 'node:events';
import type { CheckGroup } from '../../engine/contract.ts';
import { leftHandles } from '../left-handles.ts';
import { ask, hostileTexts, inTime, samples } from './asking.ts';
import type { GuardrailUnderTest } from './guardrail-under-test.ts';

export const ending: CheckGroup<GuardrailUnderTest> = {
  id: 'ending',
  title: 'Bounded time and abort',
  checks: [
    {
      id: 'guardrail.ending.hostile-texts',
      rule: 'A check ends in bounded time whatever the text',
      anchor: 'Guardrail',
      why: 'whoever may send a text could stop the process',
      async run(t) {
        const subject = await t.open();
        for (const [name, text] of hostileTexts)
          await inTime(t, () => ask(subject, text), `a check of ${name}`);
        for (const text of samples(t.capabilities)) {
          await inTime(t, () => ask(subject, text), `a check of ${JSON.stringify(text)}`);
        }
      },
    },
    {
      id: 'guardrail.ending.aborted',
      rule: 'A check whose signal is aborted, before or while it runs, ends in bounded time',
      anchor: 'GuardrailContext.signal',
      why: 'a run that was cancelled would wait for ever',
      async run(t) {
        const subject = await t.open();
        for (const text of samples(t.capabilities)) {
          const before = AbortSignal.abort(new Error('the user left'));
          await inTime(t, () => ask(subject, text, { signal: before }), 'a check with an aborted signal');
          const controller = new AbortController();
          const check = ask(subject, text, { signal: controller.signal });
          controller.abort(new Error('the user left'));
          await inTime(t, () => check, 'a check that is aborted');
        }
      },
    },
    {
      id: 'guardrail.ending.no-listener-left',
      rule: 'A check leaves no listener on the signal it was given',
      anchor: 'GuardrailContext.signal',
      why: 'the signal is that of the whole run: memory grows with each check, and Node warns',
      async run(t) {
        const subject = await t.open();
        const { signal } = new AbortController();
        for (const text of samples(t.capabilities)) await ask(subject, text, { signal });
        t.same(getEventListeners(signal, 'abort').length, 0, 'the number of listeners left on the signal');
      },
    },
    {
      id: 'guardrail.ending.no-handle-left',
      rule: 'A check leaves no handle that keeps the process alive',
      anchor: 'Guardrail',
      why: 'a process that never ends by itself',
      alone: true,
      async run(t) {
        const checks = 8;
        const subject = await t.open();
        const texts = samples(t.capabilities);
        const left = await leftHandles(checks, async () => {
          for (let n = 0; n < checks; n += 1) await ask(subject, texts[n % texts.length] as string);
        });
        t.same(left, [], `handles that ${checks} checks left open`);
      },
    },
  ],
};
