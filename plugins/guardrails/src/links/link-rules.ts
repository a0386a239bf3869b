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
 * A function that tells whether a target is one of those that are allowed, as browsers read it: with entities of HTML,
 * escapes of Markdown, white space, backslashes and user names that hide a host.
 */
export function linkFilter({ hosts, schemes }: LinkRules, guardrail: string): (target: string) => boolean {
  const allowedSchemes = new Set(schemes.map((scheme) => `${scheme.toLowerCase().replace(/:$/, '')}:`));
  const exact = new Set<string>();
  const under: string[] = [];
  for (const host of hosts) {
    const plain = hostOf(host.replace(/^\*\./, ''));
    if (plain === undefined)
      refuse(`hosts of guardrail "${guardrail}" holds "${host}": give a name such as example.org`);
    if (host.startsWith('*.')) under.push(`.${plain}`);
    else exact.add(plain);
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
