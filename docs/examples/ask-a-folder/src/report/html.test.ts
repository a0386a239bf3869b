import { describe, expect, it } from 'vitest';
import { html, toText } from './html.ts';

describe('html', () => {
  it('shows text as text', () => {
    expect(toText(html`<p title="${'"\'&'}">${'<b>'}</p>`)).toBe('<p title="&quot;&#39;&amp;">&lt;b&gt;</p>');
  });

  it('puts HTML into HTML, lists item by item, and nothing for undefined', () => {
    expect(toText(html`<ul>${[1, 2].map((n) => html`<li>${n}</li>`)}</ul>${undefined}`)).toBe(
      '<ul><li>1</li><li>2</li></ul>',
    );
  });
});
