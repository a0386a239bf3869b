import { AiworkError } from '@aiwork/core';
import type { AnyAdapter } from '../engine/any-adapter.ts';
import type { Subject } from '../engine/subject.ts';
import { inClients } from './saboteur.ts';

/** The call, with something in its errors that should not be there. */
export function telling<Args extends readonly unknown[], Result>(
  call: (...args: Args) => Promise<Result>,
  detail: (...args: Args) => { readonly message?: string; readonly cause?: unknown },
) {
  return async (...args: Args): Promise<Result> => {
    try {
      return await call(...args);
    } catch (error) {
      if (!AiworkError.isInstance(error)) throw error;
      const { message = error.message, cause = error.cause } = detail(...args);
      throw new AiworkError(error.code, message, { outcome: 'not-applied', cause });
    }
  };
}

/** Keeps something where inspecting the adapter shows it. `password` is what the subject was configured with. */
export function keeping<A extends AnyAdapter>(keep: (client: A, password: string) => object) {
  return (subject: Subject<A>): Subject<A> => {
    const password = 'hunter2-of-the-saboteur';
    return inClients<A>((client) => keep(client, password))({ ...subject, secrets: [password] });
  };
}
