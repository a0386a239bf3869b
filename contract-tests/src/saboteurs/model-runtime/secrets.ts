import type { ModelRuntime } from '@aiwork/core';
import type { Saboteur } from '../saboteur.ts';
import { keeping, telling } from '../telling.ts';
import { inModels } from './reference.ts';

const inErrors = [{ check: 'model-runtime.secrets.not-in-errors', message: 'no secret in any error' }];
const inTheRuntime = [
  {
    check: 'model-runtime.secrets.not-in-the-runtime',
    message: 'no secret in the runtime and its model when it is inspected',
  },
];

export const secretSaboteurs: readonly Saboteur<ModelRuntime>[] = [
  {
    id: 'shows-tensors',
    breaks: 'Keeps the inputs that it could not infer from in its errors',
    caughtBy: inErrors,
    sabotage: inModels((model) => ({ infer: telling(model.infer, (inputs) => ({ cause: { inputs } })) })),
  },
  {
    id: 'shows-the-last-inputs',
    breaks: 'Keeps its last inputs where inspecting the model shows them',
    caughtBy: inTheRuntime,
    sabotage: inModels((model) => {
      const last: unknown[] = [];
      return Object.assign(
        {
          infer: (...args: Parameters<typeof model.infer>) => {
            last.push(args[0]);
            return model.infer(...args);
          },
        },
        { last },
      );
    }),
  },
  {
    id: 'shows-its-password',
    breaks: 'Keeps what it was configured with where inspecting the runtime shows it',
    caughtBy: inTheRuntime,
    sabotage: keeping((_runtime, password) => ({ options: { password } })),
  },
];
