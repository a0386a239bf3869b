/**
 * The URL of a service that is there already, from the environment.
 *
 * @throws TypeError when it is none for this service. The message leaves out the URL, which may hold a password.
 */
export function externalUrl(
  variable: string,
  protocols: readonly string[],
  defaultPort: number,
): URL | undefined {
  const text = process.env[variable];
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !protocols.includes(url.protocol) || !url.hostname) {
    const forms = protocols.map((protocol) => `${protocol}//host:${defaultPort}`).join(' or ');
    throw new TypeError(`${variable} is not a URL of this service: write ${forms}`);
  }
  if (!url.port) url.port = String(defaultPort);
  return url;
}
