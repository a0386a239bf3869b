import { AiworkError } from '@aiwork/core';
import type { ChatModelUnderTest } from '../../contracts/chat-model/chat-model-under-test.ts';
import { inClients, type Saboteur } from '../saboteur.ts';
import { broken, ruled, throwsAs } from './broken.ts';
import { failureRules } from './reference-failure.ts';

export const secretSaboteurs: readonly Saboteur<ChatModelUnderTest>[] = [
  {
    id: 'repeats-what-it-was-told',
    breaks: 'Puts what the provider says into the error, word for word',
    caughtBy: [{ check: 'chat-model.secrets.not-in-errors', message: 'no secret in any error' }],
    sabotage: ruled({ message: (said) => said }),
  },
  {
    id: 'shows-its-headers',
    breaks: 'Gives its errors the request as their cause, with its headers',
    caughtBy: [{ check: 'chat-model.secrets.not-in-errors', message: 'no secret in any error' }],
    sabotage: (subject) =>
      throwsAs((error) => {
        if (!AiworkError.isInstance(error)) return error;
        const headers = { authorization: `Bearer ${subject.secrets?.[0]}` };
        return new AiworkError(error.code, error.message, { retryable: error.retryable, cause: { headers } });
      })(subject),
  },
  {
    id: 'keeps-its-key-in-sight',
    breaks: 'Has its key where inspecting it shows it',
    caughtBy: [
      {
        check: 'chat-model.secrets.not-in-the-model',
        message: 'no secret in the model when it is inspected',
      },
    ],
    sabotage: inClients<ChatModelUnderTest>(({ model }, { secrets }) => {
      const shown = { ...model, apiKey: secrets?.[0] };
      return { model: shown };
    }),
  },
  {
    id: 'prints-what-it-asks',
    breaks: 'Prints each request',
    caughtBy: [
      { check: 'chat-model.secrets.not-printed', message: 'the secret that was printed to be undefined' },
    ],
    sabotage: broken((model) => ({
      stream(request, options) {
        console.log('asking', request.messages);
        return model.stream(request, options);
      },
    })),
  },
  {
    id: 'follows-redirects',
    breaks: 'Asks wherever it is sent, as fetch does',
    caughtBy: [
      {
        check: 'chat-model.secrets.not-elsewhere',
        message: 'what another server was asked after status 301 to be []',
      },
    ],
    sabotage: ruled({ redirect: 'follow' }),
  },
  {
    id: 'tries-redirects-again',
    breaks: 'Takes a redirect for something that passes',
    caughtBy: [
      { check: 'chat-model.secrets.not-elsewhere', message: 'whether status 301 is retryable to be false' },
    ],
    sabotage: ruled({
      retryable: (status, kind) =>
        status < 400 && status !== 200 ? true : failureRules.retryable(status, kind),
    }),
  },
];
