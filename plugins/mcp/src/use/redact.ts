import { isProgram, type McpServerOptions } from './server-options.ts';

/** Shorter values are in too many texts by chance. */
const minSecretLength = 6;

/**
 * Takes out of texts what a server was configured with: environments and headers hold keys. `headersNow` are those that are
 * sent, which may change.
 */
export function redactorFor(
  server: McpServerOptions,
  headersNow: () => Iterable<readonly [string, string]> = () => [],
): (text: string) => string {
  const given = isProgram(server) ? server.env : typeof server.headers === 'function' ? {} : server.headers;
  const inUrl = isProgram(server) ? [] : secretsOfUrl(server.url);
  return (text) => {
    const values = [...Object.values(given ?? {}), ...Array.from(headersNow(), ([, value]) => value)];
    const words = values.flatMap((value) => [value, ...value.split(/\s+/)]);
    return (
      [...words, ...inUrl]
        .filter(({ length }) => length >= minSecretLength)
        // The longest first: one may be a part of another.
        .sort((a, b) => b.length - a.length)
        .reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text)
    );
  };
}

function secretsOfUrl(text: string): readonly string[] {
  const { password, username, search } = new URL(text);
  return [password, username, search]
    .filter((part) => part !== '')
    .flatMap((part) => [part, decodeURIComponent(part)]);
}
