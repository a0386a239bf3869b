import type { Address } from '../engine/address.ts';

/** The protocols that its URL may have, such as `redis:`, each with the port that it has when it names none. */
export type Protocols = Readonly<Record<string, number>>;

/**
 * The URL of a service that is there already, from the environment.
 *
 * @throws TypeError when it is none for this service. The message leaves out the URL, which may hold a password.
 */
export function externalUrl(variable: string, protocols: Protocols): URL | undefined {
  const text = process.env[variable];
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const port = protocols[url?.protocol ?? ''];
  if (!url?.hostname || port === undefined) {
    const forms = Object.entries(protocols).map(([protocol, port]) => `${protocol}//host:${port}`);
    throw new TypeError(`${variable} is not a URL of this service: write ${forms.join(' or ')}`);
  }
  if (!url.port) url.port = String(port);
  return url;
}

const webPorts: Protocols = { 'http:': 80, 'https:': 443 };

/** Where a URL leads. It names its port, or is one of the web, where it cannot name the usual one. */
export function addressOf({ protocol, hostname, port }: URL): Address {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || webPorts[protocol]) };
}

/** The same URL, but for where it leads. */
export function urlAt(url: URL, { host, port }: Address): string {
  const other = new URL(url);
  other.hostname = host.includes(':') ? `[${host}]` : host;
  other.port = String(port);
  return other.href;
}
