import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import { expectSafeStream, streamThrough } from '../stream/stream.fixture.ts';
import { type LinkGuardrailOptions, linkGuardrail } from './link-guardrail.ts';

const links = (options: Partial<LinkGuardrailOptions> = {}) =>
  linkGuardrail({ name: 'links', hosts: ['example.org', '*.example.net', 'bücher.example'], ...options });

async function redacted(text: string, options?: Partial<LinkGuardrailOptions>) {
  const verdict = await checkText(links(options), text);
  return verdict.action === 'redact' ? verdict.text : verdict.action === 'pass' ? text : verdict;
}

describe('linkGuardrail', { timeout: 60_000 }, () => {
  it.each([
    'no link: at 10:30, a/b, http, std::move(x), C:',
    'https://example.org',
    'HTTPS://EXAMPLE.ORG./a?b#c',
    '[a](https://a.example.net/x_(y))',
    '[b](https://bücher.example) [c](https://xn--bcher-kva.example)',
    '[here](/a), [there](../b "title"), [below](#part), ![i](img.png)',
    '<a href="/a?b=1">x</a> <img src=\'x.png\'>',
    'mailto:ada@example.org, [w](mailto:ada@example.org)',
    '[ref]: https://example.org "Title"',
    'www.a.example.net',
    'https://example.org:8443/x https://ada@example.org/x https://ex\u00adample.org',
    '[x](https://example.org/a&amp;b) [y](https://example.org/a\\_b)',
  ])('passes %j', async (text) => {
    expect(await checkText(links(), text)).toEqual({ action: 'pass' });
  });

  it.each([
    ['Go to https://evil.example/a?b=c. Now.', 'Go to [link]. Now.'],
    ['(https://evil.example/a_(b))', '([link])'],
    ['www.evil.example, x', '[link], x'],
    ['https://example.org.evil.example', '[link]'],
    ['https://example.org:x@evil.example/', '[link]'],
    ['[x](https://example.org&#46;evil.example)', '[x]([link])'],
    ['[x](https://example.org&commat;evil.example/)', '[x]([link])'],
    ['[x](https://example.org\\.evil.example)', '[x]([link])'],
    ['https://evilexample.org', '[link]'],
    ['https://example.net', '[link]'],
    ['https://example.org@evil.example/', '[link]'],
    ['https:\\\\evil.example\\x', '[link]'],
    ['http://example.org', '[link]'],
    ['![](https://evil.example/?q=1 "t")', '![]([link] "t")'],
    ['![](  https://evil.example)', '![](  [link])'],
    ['![](<https://evil.example/a b>)', '![](<[link] b>)'],
    ['![](//evil.example/x)', '![]([link])'],
    ['![](/\\evil.example/x)', '![]([link])'],
    ['[x](https:evil.example)', '[x]([link])'],
    ['[x](javascript:alert(1))', '[x]([link])'],
    ['![x](data:image/png;base64,AAAA)', '![x]([link])'],
    ['![x](https&#58;//evil.example)', '![x]([link])'],
    ['![x](&#x68;ttps&colon;&sol;&sol;evil.example)', '![x]([link])'],
    ['![x](https\\://evil.example)', '![x]([link])'],
    ['[a]: //evil.example\n![][a]', '[a]: [link]\n![][a]'],
    ['[a]:\n  //evil.example', '[a]:\n  [link]'],
    ['<img src="https://evil.example/?a b">', '<img src="[link]">'],
    ["<img src = '//evil.example'>", "<img src = '[link]'>"],
    ['<img src=//evil.example>', '<img src=[link]>'],
    ['<img src="ht\ntps://evil.example">', '<img src="[link]">'],
    ['<a href="  javascript:alert(1)">', '<a href="[link]">'],
    ['background: url(//evil.example/x)', 'background: url([link])'],
    ['[x](y[c](//evil.example))', '[x](y[c]([link]))'],
    ['http://[::1]/x http://127.0.0.1', '[link] [link]'],
    [`https://example.org/${'x'.repeat(3_000)}`, '[link]'],
    [`a [b](/x${'](c'.repeat(1_000)}) d [e](//evil.example) f`, 'a [b]([link] d [e]([link]) f'],
    [`![](\n/${'x'.repeat(3_000)}(y)) [z](/z)`, '![](\n[link]) [z](/z)'],
    [`(a](/b)](/${'x'.repeat(3_000)})](//evil.example)`, '(a](/b)]([link])]([link])'],
    ['[a](//evil.example) <a href="//evil.example">', '[a]([link]) <a href="[link]">'],
    ['![](/a //evil.example)', '![](/a //evil.example)'],
    ['url("//evil.example/x")', 'url("[link]")'],
    ['@import "//evil.example/x.css"', '@import "[link]"'],
    ['<img srcset="a.png 1x, //evil.example/x 2x">', '<img srcset="a.png 1x, [link] 2x">'],
    ['<img srcset="//evil.example/x 2x, a.png 1x">', '<img srcset="[link] 2x, a.png 1x">'],
    ['<a href="/a" ping="/b //evil.example/x">', '<a href="/a" ping="/b [link]">'],
    [
      '<meta http-equiv=refresh content="0;url=//evil.example">',
      '<meta http-equiv=refresh content="0;url=[link]">',
    ],
    ['<svg><image xlink:href="//evil.example"/>', '<svg><image xlink:href="[link]"/>'],
  ])('redacts %j to %j', async (text, expected) => {
    expect(await redacted(text)).toBe(expected);
  });

  it('counts what is a link in two ways once', async () => {
    expect(await checkText(links(), '[a](https://a.evil)[b](https://b.evil)')).toMatchObject({
      reason: 'replaced 2 of kind "link"',
    });
  });

  it('takes the schemes it is given', async () => {
    expect(await redacted('http://example.org', { schemes: ['http'] })).toBe('http://example.org');
    expect(await redacted('[x](mailto:a@b.c)', { schemes: ['https'] })).toBe('[x]([link])');
  });

  it('allows no host when it is given none', async () => {
    expect(await redacted('https://example.org /a [b](/c)', { hosts: [] })).toBe('[link] /a [b](/c)');
  });

  it('can block, and says where', async () => {
    expect(await redacted('a\nwww.evil.example', { onFail: 'block' })).toEqual({
      action: 'block',
      reason: 'there is a link at line 2, column 1',
    });
  });

  it.each(['exa mple', 'https://example.org', 'a/b', 'a@b', ''])('refuses the host %j', (host) => {
    expect(() => links({ hosts: [host] })).toThrow('hosts of guardrail "links" holds');
  });

  it.each([
    [{ hosts: 'example.org' }, 'hosts of guardrail "links" is no list of texts'],
    [{ hosts: [5] }, 'hosts of guardrail "links" is no list of texts'],
    [{ schemes: 'https' }, 'schemes of guardrail "links" is no list of texts'],
    [{ on: 'output' }, '`on` of guardrail "links" is no list'],
  ])('refuses %j', (options, problem) => {
    expect(() => links(options as unknown as Partial<LinkGuardrailOptions>)).toThrow(problem);
  });

  it('takes little time for texts made to take long', async () => {
    for (const part of [
      '](',
      ']',
      '(',
      '](//evil.example',
      'https://',
      '](https://',
      'href="',
      'href=',
      '((',
      'a:',
      'www.',
      '&#58;',
      'x.,;',
    ])
      await redacted(part.repeat(100_000));
  });

  it('shows a stream up to where a link may begin', () => {
    const pieces = ['Look', ' here: ![a', '](htt', 'ps://evil.exa', 'mple/?q=1', ') and', ' ht', 'is'];
    expect(streamThrough(links(), pieces).join('')).toBe('Look here: ![a]([link]) and ');
  });

  it('shows the beginning of what the whole is redacted to, however a stream is cut', async () => {
    const part = fc.constantFrom(
      'https://',
      'www.',
      'evil.example',
      'example.org',
      '](',
      '[a',
      ')',
      '(',
      ' ',
      '\n',
      '<img src="',
      '"',
      "'",
      '<',
      '>',
      '//',
      ':',
      '/x',
      'href=',
      '. ',
      'a',
      ']: ',
      'url(',
      'url=',
      '@import ',
      'srcset="/a, ',
      'ping=',
      '&#58;',
      '\\',
      'https',
    );
    const pieces = fc
      .tuple(fc.array(part, { maxLength: 12 }), fc.array(fc.nat({ max: 12 }), { maxLength: 12 }))
      .map(([parts, lengths]) => {
        const text = parts.join('');
        const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, length) => sum + length, 0));
        return [0, ...ends].map((start, i) => text.slice(start, ends[i]));
      });
    await fc.assert(
      fc.asyncProperty(pieces, (cut) => expectSafeStream(links({ replace: () => '·' }), cut)),
      { numRuns: 2_000 },
    );
  });
});
