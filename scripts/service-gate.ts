import { ensureContainerEngine, ServiceUnavailable } from '../contract-tests/src/services/index.ts';
import type { Gate } from './gate.ts';

/** Has the services that tests need, before they need them: what has to be installed for that is said here. */
export const serviceGate: Gate = {
  name: 'a container engine for the services that tests run against',
  async run() {
    try {
      await ensureContainerEngine({ progress: (line) => console.log(`      ${line}`) });
      return { status: 'passed' };
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error;
      const blocked = `every check that needs a service is blocked. ${error.message}`;
      return process.env['CI'] ? { status: 'failed', note: blocked } : { status: 'skipped', note: blocked };
    }
  },
};
