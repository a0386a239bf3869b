/** The report's looks. It names no font, picture or address, so that the page needs nothing but itself. */
export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f7f9, #12151b);
  --card: light-dark(#ffffff, #1a1f28);
  --ink: light-dark(#1b2330, #e4e9f1);
  --faint: light-dark(#5a6577, #98a4b8);
  --line: light-dark(#dfe4ec, #2b3340);
  --accent: light-dark(#0b62d6, #7fb4ff);
  --tint: light-dark(#e8f0fd, #1d2c44);
  --mark: light-dark(#fff1b8, #574a17);
  --good: light-dark(#19733c, #6fd392);
  --warn: light-dark(#8f5400, #f0b862);
  --bad: light-dark(#b3261e, #ff9d94);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--page);
  color: var(--ink);
  font: 16px/1.6 system-ui, sans-serif;
  overflow-wrap: anywhere;
}
main { max-width: 50rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0.25rem 0 0.75rem; text-wrap: balance; }
h2 { font-size: 1.05rem; margin: 2.25rem 0 0.75rem; }
a { color: var(--accent); }
code, pre, .path { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 0.875em; }
.kicker { color: var(--faint); font-size: 0.9rem; }
.facts { display: flex; flex-wrap: wrap; gap: 0.35rem 1.25rem; color: var(--faint); font-size: 0.9rem; padding: 0; margin: 0; list-style: none; }
.facts b { color: var(--ink); font-weight: 600; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: 1.25rem 1.5rem; }
.answer { font-size: 1.1rem; border-left: 0.3rem solid var(--accent); }
.answer p { margin: 0 0 0.7rem; }
.answer > :last-child { margin-bottom: 0; }
.note { color: var(--warn); font-size: 0.95rem; }
.cite { text-decoration: none; font-size: 0.8em; font-weight: 600; background: var(--tint); border-radius: 0.35rem; padding: 0.1rem 0.35rem; margin-left: 0.15rem; white-space: nowrap; }
.cite:hover, .cite:focus-visible { text-decoration: underline; }
.checks { display: flex; flex-wrap: wrap; gap: 0.5rem; list-style: none; padding: 0; margin: 1rem 0 0; font-size: 0.875rem; }
.checks li { border: 1px solid var(--line); border-radius: 2rem; padding: 0.15rem 0.75rem; background: var(--card); }
.passed::before { content: "✓ "; color: var(--good); font-weight: 700; }
.redacted::before { content: "✎ "; color: var(--warn); font-weight: 700; }
.refused::before { content: "✕ "; color: var(--bad); font-weight: 700; }
.source { margin-bottom: 0.9rem; scroll-margin-top: 1rem; }
.source:target { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.source header { display: flex; gap: 0.75rem; align-items: baseline; }
.number { color: var(--accent); font-weight: 700; }
.where { flex: 1; min-width: 0; }
.trail { color: var(--faint); font-size: 0.85rem; }
.source p, .source pre { margin: 0.7rem 0 0; }
.source pre { white-space: pre-wrap; background: var(--page); border-radius: 0.5rem; padding: 0.75rem 1rem; }
.source p { font-size: 0.95rem; }
mark { background: var(--mark); color: inherit; border-radius: 0.2rem; padding: 0.05rem 0; box-decoration-break: clone; }
details { border-top: 1px solid var(--line); padding: 0.7rem 0; }
details:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; }
summary .count { color: var(--faint); }
details ul { list-style: none; padding: 0; margin: 0.6rem 0 0.2rem 1.1rem; font-size: 0.9rem; }
details li { padding: 0.1rem 0; }
.detail { color: var(--faint); }
details .card { margin-top: 0.8rem; }
footer { margin-top: 2.5rem; color: var(--faint); font-size: 0.9rem; }
@media (max-width: 36rem) {
  main { padding-top: 1.5rem; }
  h1 { font-size: 1.4rem; }
  .card { padding: 1rem; }
}
@media print { body { background: none; } details { display: none; } }
`;
