import type { Server } from '@aiwork/server';

/** What can be said of a port that cannot be had. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there: stop it, or choose another with --port',
  EACCES: 'this user may not: choose one of 1024 or more with --port',
  EADDRNOTAVAIL: 'this machine has no such address: name one of its own with --host',
  ENOTFOUND: 'this is no name of this machine: name one of its addresses with --host',
};

/** Takes requests; gives the URL. @throws Error saying why it cannot, and what to do. */
export async function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const reason = reasons[code];
    if (reason === undefined) throw error;
    throw Object.assign(new Error(`cannot listen on port ${port} of ${host}: ${reason}`, { cause: error }), {
      code,
    });
  }
}
