import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { watchStrays } from '../faults/strays.ts';
import { errorsTellNothing, secretIn, showsNothing } from '../telling.ts';
import { answersAgain, ask, failureOf, playOnce } from './asking.ts';
import type { ChatModelUnderTest } from './chat-model-under-test.ts';
import { openElsewhere } from './elsewhere.ts';

/** The key, as the provider got it. */
async function keyOf(subject: ChatModelUnderTest): Promise<string> {
  const begun = playOnce(subject, (exchange) => exchange.stream({ reason: 'stop' }));
  await ask(subject.model);
  return (await begun).key ?? '';
}

const secretsOf = (t: CheckContext<ChatModelUnderTest>, key: string) =>
  [...t.secrets, key].filter((secret) => secret !== '');

/** What a client may take for an order to ask somewhere else. */
const redirects = [301, 302, 303, 307, 308];

export const secrets: CheckGroup<ChatModelUnderTest> = {
  id: 'secrets',
  title: 'Secrets',
  checks: [
    {
      id: 'chat-model.secrets.not-in-errors',
      rule: 'No error shows the key, also where the provider repeats it',
      anchor: 'ChatModel',
      why: 'errors are logged, kept with runs and shown to users',
      async run(t) {
        const subject = await t.open();
        const { model, provider } = subject;
        const key = await keyOf(subject);
        t.that(key !== '', 'the provider to be given a key', key);
        const message = `Incorrect API key provided: ${key}.`;
        provider.play((exchange) => exchange.fail({ status: 401, message }));
        const refused = await failureOf(t, model, 'a request with a wrong key');
        provider.play(async (exchange) => {
          await exchange.begin();
          await exchange.send(provider.dialect.errorEvent('invalid', message));
          exchange.end();
        });
        const streamed = await failureOf(t, model, 'a stream with an error in it');
        provider.play((exchange) => exchange.answer(500, 'text/plain', message));
        const failed = await failureOf(t, model, 'a request that is answered with a text');
        provider.play((exchange) => exchange.cut());
        const cut = await failureOf(t, model, 'a request that is cut off');
        errorsTellNothing(t, [refused, streamed, failed, cut], secretsOf(t, key));
      },
    },
    {
      id: 'chat-model.secrets.not-in-the-model',
      rule: 'Inspecting a model shows no key, also after it was used',
      anchor: 'ChatModel',
      why: 'whole objects are logged when something goes wrong',
      async run(t) {
        const subject = await t.open();
        const key = await keyOf(subject);
        showsNothing(t, subject.model, 'the model', secretsOf(t, key));
      },
    },
    {
      id: 'chat-model.secrets.not-printed',
      rule: 'Neither the key nor what was said is printed',
      anchor: 'ChatModel',
      why: 'a variable that was left set writes whole conversations into logs',
      alone: true,
      async run(t) {
        const subject = await t.open();
        const strays = watchStrays();
        let key = '';
        try {
          key = await keyOf(subject);
          subject.provider.reply({ text: ['a canary in a reply'], reason: 'stop' });
          await ask(subject.model, { messages: [{ role: 'user', content: 'a canary in a question' }] });
          subject.provider.play((exchange) =>
            exchange.answer(200, 'text/event-stream', 'event: x\ndata: {"a canary in a part\n\n'),
          );
          await ask(subject.model).catch(() => {});
        } finally {
          strays.stop();
        }
        const canaries = [
          'a canary in a reply',
          'a canary in a question',
          'a canary in a part',
          ...secretsOf(t, key),
        ];
        t.same(secretIn(strays.seen, canaries), undefined, 'the secret that was printed');
      },
    },
    {
      id: 'chat-model.secrets.not-elsewhere',
      rule: 'A redirect takes neither the key nor what was said to another server: it is an error that is not retryable',
      anchor: 'ChatModel',
      why: 'HTTP clients follow redirects unasked, and take off one header of many: whoever answers in the place of the provider gets the key',
      async run(t) {
        const subject = await t.open();
        const { model, provider } = subject;
        const elsewhere = await openElsewhere();
        try {
          const headers = { location: `${elsewhere.url}/a-canary-in-an-address` };
          for (const status of redirects) {
            provider.play((exchange) => exchange.fail({ status, message: 'moved', headers }));
            const error = await failureOf(t, model, `a request that is answered with status ${status}`);
            t.same(elsewhere.asked, [], `what another server was asked after status ${status}`);
            t.same(error.retryable, false, `whether status ${status} is retryable`);
          }
        } finally {
          await elsewhere.close();
        }
        await answersAgain(t, subject, 'all of them');
      },
    },
  ],
};
