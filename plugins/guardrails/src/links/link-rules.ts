import { refuse } from '../guardrail-options.ts';
import { longestTarget } from './link-targets.ts';

/** Where links may go. */
export interface LinkRules {
  readonly hosts: readonly string[];
  readonly schemes: readonly string[];
}

/**
 * What a link that names no host, or no scheme, is looked at with. Nobody can have this host (RFC 2606), and no page this
 * scheme: with that of a page, `https:example.org` would be a path.
 */
const nowhere = 'ftp://relative.invalid';
const named: Readonly<Record<string, string>> = {
  colon: ':',
  sol: '/',
  bsol: '\\',
  period: '.',
  commat: '@',
  quest: '?',
  num: '#',
  amp: '&',
  tab: '\t',
  newline: '\n',
};

/**
 * What all browsers read alike, as most links are: nothing hides its scheme or its host, which is a name and no number, and
 * nothing in it is written otherwise.
 */
const plain = /^(?<scheme>https?):\/\/(?<host>(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]+)(?:[/?#][^\\&\s]*)?$/;

/**
 * A function that tells whether a target is one of those that are allowed, as browsers read it: with entities of HTML,
 * escapes of Markdown, white space, backslashes and user names that hide a host.
 */
export function linkFilter({ hosts, schemes }: LinkRules, guardrail: string): (target: string) => boolean {
  const allowedSchemes = new Set(schemes.map((scheme) => `${scheme.toLowerCase().replace(/:$/, '')}:`));
  const exact = new Set<string>();
  const under: string[] = [];
  for (const host of hosts) {
    const name = hostOf(host.replace(/^\*\./, ''));
    if (name === undefined)
      refuse(`hosts of guardrail "${guardrail}" holds "${host}": give a name such as example.org`);
    if (host.startsWith('*.')) under.push(`.${name}`);
    else exact.add(name);
  }
  const isHost = (host: string) => exact.has(host) || under.some((end) => host.endsWith(end));
  const isAllowed = (target: string) => {
    const url = URL.parse(/^www\./i.test(target) ? `https://${target}` : target, nowhere);
    if (!url) return false;
    if (url.origin === nowhere) return true;
    const isScheme = allowedSchemes.has(url.protocol) || (url.protocol === 'ftp:' && !/^ftp:/i.test(target));
    return isScheme && (url.host === '' || isHost(url.hostname.replace(/\.$/, '')));
  };
  return (target) => {
    if (target.length > longestTarget) return false;
    const { scheme, host } = plain.exec(target)?.groups ?? {};
    if (host !== undefined) return allowedSchemes.has(`${scheme}:`) && isHost(host);
    const decoded = decodeEntities(target.trim());
    if (!isAllowed(decoded)) return false;
    const unescaped = decoded.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1');
    return unescaped === decoded || isAllowed(unescaped);
  };
}

function hostOf(name: string): string | undefined {
  const url = URL.parse(`https://${name}`);
  return url && url.pathname === '/' && url.username === '' && url.search === '' && url.port === ''
    ? url.hostname
    : undefined;
}

function decodeEntities(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{1,8}));?/gi,
    (entity, decimal, hex, name) => {
      if (name !== undefined) return named[String(name).toLowerCase()] ?? entity;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    },
  );
}
