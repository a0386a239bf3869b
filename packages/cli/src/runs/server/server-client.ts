import process from 'node:process';
import { type Client, createClient } from '@aiwork/client';
import { UsageError } from '../../usage-error.ts';
import type { Place } from '../place.ts';

const defaultVariable = 'AIWORK_TOKEN';

/** @throws `AIWORK_USAGE` when the URL is none, or the variable that is to hold a token is not set. */
export function serverClient(place: Place): Client {
  const { server = '' } = place;
  const token = serverToken(place);
  try {
    return createClient({ url: server, ...(token && { token }) });
  } catch (error) {
    throw new UsageError(`--server cannot be used: ${(error as Error).message}`);
  }
}

/** @throws `AIWORK_USAGE` when the variable that is to hold a token is not set. */
export function serverToken({ tokenEnv }: Place): string | undefined {
  const token = process.env[tokenEnv ?? defaultVariable];
  if (tokenEnv !== undefined && !token) {
    throw new UsageError(`the environment variable ${tokenEnv} of --token-env is not set`);
  }
  // A file that holds a token often ends with a line break.
  return token?.trim();
}
