import type { Adapter, CallOptions, Guardrail, Verdict } from '@aiwork/core';
import {
  type GuardrailFacts,
  type GuardrailUnderTest,
  guardrailUnderTest,
} from '../../contracts/guardrail/guardrail-under-test.ts';
import type { Subject } from '../../engine/subject.ts';
import { type RemoteChanges, type RemoteReference, remoteSubject } from '../remote/remote-subject.ts';
import { decide, facts } from './reference.ts';

/** What a guardrail asks. */
interface Moderation extends Adapter<GuardrailFacts> {
  decide(text: string, options?: CallOptions): Promise<Verdict>;
}

const moderation: RemoteReference<Moderation> = {
  methods: { decide: 'read' },
  capabilities: facts,
  create() {
    const close = async () => {};
    return { capabilities: facts, decide: async (text) => decide(text), close, [Symbol.asyncDispose]: close };
  },
};

interface RemoteGuardrailOptions extends RemoteChanges {
  readonly facts?: Partial<GuardrailFacts>;
  /** The verdict when the service could not be asked; without it the check throws. */
  readonly otherwise?: Verdict;
}

/** A guardrail that asks a service, and blocks where it does not answer. */
export async function remoteGuardrail(
  options: RemoteGuardrailOptions = {},
): Promise<Subject<GuardrailUnderTest>> {
  const subject = await remoteSubject(moderation, options);
  return {
    ...subject,
    async open(open) {
      const client = await subject.open(open);
      const guardrail: Guardrail = {
        name: 'remote',
        on: ['input', 'output'],
        async check({ text }, { signal }) {
          try {
            return await client.decide(text, { signal });
          } catch (error) {
            if (!options.otherwise) throw error;
            return options.otherwise;
          }
        },
      };
      return { ...guardrailUnderTest(guardrail, { ...facts, ...options.facts }), close: client.close };
    },
  };
}
