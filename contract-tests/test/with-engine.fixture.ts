import { describe } from 'vitest';
import { ensureContainerEngine, ServiceUnavailable } from '../src/services/index.ts';

/**
 * Describes what needs a container engine. Where none can be had it is skipped, and fails under CI, like the checks of a
 * contract that are blocked.
 */
export function describeWithEngine(name: string, body: () => void): void {
  describe.skipIf(blocked)(name, body);
}

const blocked = await isBlocked();

async function isBlocked(): Promise<boolean> {
  try {
    await ensureContainerEngine();
    return false;
  } catch (error) {
    if (process.env['CI'] || !(error instanceof ServiceUnavailable)) throw error;
    console.warn(`Skipped: ${error.message}`);
    return true;
  }
}
