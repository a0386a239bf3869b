import { existsSync } from 'node:fs';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { openOrchestrator } from '../open-orchestrator.ts';
import { UsageError } from '../usage-error.ts';
import { openStore } from './open-store.ts';
import { serverSessions } from './server-sessions.ts';
import type { KeptSessions, SessionPlace } from './session-place.ts';
import { sessionsPlugin } from './sessions-plugin.ts';

/**
 * The sessions of a server, of the plugins of a file, or of a place of their own.
 *
 * @throws `AIWORK_USAGE` when the file that is named is not there.
 */
export async function openSessions(place: SessionPlace): Promise<KeptSessions> {
  if (place.server !== undefined) return serverSessions(place);
  if (place.models !== undefined) return openOfFile(place, place.models);
  const { sessions } = place;
  if (sessions !== undefined && !existsSync(sessions))
    throw new UsageError(`there is no file ${sessions}: no session is kept there`);
  return openStore(place);
}

async function openOfFile(place: SessionPlace, file: string): Promise<KeptSessions> {
  const flowFile = await loadFlowFile(file);
  const orchestrator = await openOrchestrator({ flowFile, plugins: [sessionsPlugin(place)] });
  try {
    // Sets its plugins up.
    await orchestrator.list({ limit: 1 });
    const store = orchestrator.use('thinkingStore');
    return { ...store, [Symbol.asyncDispose]: () => orchestrator[Symbol.asyncDispose]() };
  } catch (error) {
    await orchestrator[Symbol.asyncDispose]();
    throw error;
  }
}
