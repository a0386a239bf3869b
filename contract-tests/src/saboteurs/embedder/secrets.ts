import type { Embedder } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';
import { keeping, telling } from '../telling.ts';

const inErrors = [{ check: 'embedder.secrets.not-in-errors', message: 'no secret in any error' }];
const inTheEmbedder = [
  {
    check: 'embedder.secrets.not-in-the-embedder',
    message: 'no secret in the embedder when it is inspected',
  },
];

export const secretSaboteurs: readonly Saboteur<Embedder>[] = [
  {
    id: 'shows-texts',
    breaks: 'Keeps the texts that it could not embed in its errors',
    caughtBy: inErrors,
    sabotage: inClients((embedder) => ({
      embed: telling(embedder.embed, (texts) => ({ cause: { texts } })),
    })),
  },
  {
    id: 'shows-its-password',
    breaks: 'Keeps its password where inspecting the embedder shows it',
    caughtBy: inTheEmbedder,
    sabotage: keeping((_embedder, password) => ({ options: { password } })),
  },
  {
    id: 'shows-its-cache',
    breaks: 'Keeps texts where inspecting the embedder shows them',
    caughtBy: inTheEmbedder,
    sabotage: inClients((embedder) => {
      const cache = new Map<string, number>();
      return Object.assign(
        {
          embed: (texts: readonly string[], options?: Parameters<Embedder['embed']>[1]) => {
            for (const text of texts) cache.set(text, texts.length);
            return embedder.embed(texts, options);
          },
        },
        { cache },
      );
    }),
  },
];
