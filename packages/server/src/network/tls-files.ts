import { readFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { createSecureContext, Server as TlsServer } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { FastifyInstance } from 'fastify';
import { contextOf, type Tls } from './tls.ts';

/** Files of certificates, in PEM, which are looked at every second and used as they are then. @since 0.1.0 */
export interface TlsFiles {
  /** That of the server, and those between it and a root. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly passphrase?: string;
  /** Who signs certificates of clients: with it, only clients that show one are let in. */
  readonly clientCaFile?: string;
}

const lookEveryMs = 1000;

/** Certificates to begin with; those of files are followed. */
export interface Certificates {
  readonly first: Tls;
  follow(app: FastifyInstance): void;
}

/** @throws `AIWORK_INVALID_ARGUMENT` naming a file that cannot be read, or files that do not go together. */
export async function openCertificates(tls: Tls | TlsFiles): Promise<Certificates> {
  if (!('certFile' in tls)) return { first: tls, follow() {} };
  const first = await readFiles(tls);
  checkPair(first, tls);
  return { first, follow: (app) => followFiles(app, tls, first) };
}

async function readFiles({ certFile, keyFile, passphrase, clientCaFile }: TlsFiles): Promise<Tls> {
  const [cert, key, clientCa] = await Promise.all([
    read(certFile),
    read(keyFile),
    clientCaFile === undefined ? undefined : read(clientCaFile),
  ]);
  return {
    cert,
    key,
    ...(passphrase !== undefined && { passphrase }),
    ...(clientCa && { clientCa }),
  };
}

function checkPair(tls: Tls, { certFile, keyFile, clientCaFile }: TlsFiles): void {
  try {
    createSecureContext(contextOf(tls));
  } catch (error) {
    const names = [certFile, keyFile, ...(clientCaFile === undefined ? [] : [clientCaFile])];
    throw invalidArgument(
      `${names.join(', ')}: ${error instanceof Error ? error.message : error}; give a certificate and its own key, in PEM`,
    );
  }
}

/**
 * New connections are made with what the files have become, those that are open go on. While they cannot be used, as
 * between the writing of one and the other, things stay as they were.
 */
function followFiles(app: FastifyInstance, files: TlsFiles, first: Tls): void {
  const server: Server = app.server;
  if (!(server instanceof TlsServer)) return;
  let current = first;
  let said: string | undefined;
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    try {
      const found = await readFiles(files);
      const isChanged = !isDeepStrictEqual(found, current);
      if (isChanged) checkPair(found, files);
      said = undefined;
      if (!isChanged) return;
      current = found;
      server.setSecureContext(contextOf(found));
      app.log.info({ file: files.certFile }, 'TLS certificates were changed');
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message === said) return;
      said = message;
      app.log.error({ err: error }, 'changed TLS certificates cannot be used: those of before stay');
    }
  };

  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  }, lookEveryMs);
  timer.unref();
  app.addHook('onClose', async () => {
    clearInterval(timer);
    await looking;
  });
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw invalidArgument(`cannot read ${path}: ${error.code ?? error.message}`);
  });
}
