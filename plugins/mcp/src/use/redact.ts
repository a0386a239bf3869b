import { isProgram, type McpServerOptions } from './server-options.ts';

/** Shorter values are in too many texts by chance. */
const minSecretLength = 6;

/** Takes out of texts what a server was configured with: environments and headers hold keys. */
export function redactorFor(server: McpServerOptions): (text: string) => string {
  const given = isProgram(server) ? server.env : typeof server.headers === 'function' ? {} : server.headers;
  const inUrl = isProgram(server) ? [] : secretsOfUrl(server.url);
  const words = Object.values(given ?? {}).flatMap((value) => [value, ...value.split(/\s+/)]);
  const secrets = [...words, ...inUrl].filter(({ length }) => length >= minSecretLength);
  // The longest first: one may be a part of another.
  secrets.sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
}

function secretsOfUrl(text: string): readonly string[] {
  const { password, username, search } = new URL(text);
  return [password, username, search]
    .filter((part) => part !== '')
    .flatMap((part) => [part, decodeURIComponent(part)]);
}
