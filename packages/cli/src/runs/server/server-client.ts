import process from 'node:process';
import { type Client, createClient } from '@aiwork/client';
import { UsageError } from '../../usage-error.ts';
import type { Place } from '../place.ts';

const defaultVariable = 'AIWORK_TOKEN';

/** @throws `AIWORK_USAGE` when the URL is none, or the variable that is to hold a token is not set. */
export function serverClient({ server = '', tokenEnv }: Place): Client {
  const token = process.env[tokenEnv ?? defaultVariable];
  if (tokenEnv !== undefined && !token) {
    throw new UsageError(`the environment variable ${tokenEnv} of --token-env is not set`);
  }
  try {
    // A file that holds a token often ends with a line break.
    return createClient({ url: server, ...(token && { token: token.trim() }) });
  } catch (error) {
    throw new UsageError(`--server cannot be used: ${(error as Error).message}`);
  }
}
