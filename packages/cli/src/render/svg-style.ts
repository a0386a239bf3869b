const light = `--paper:#fbfbfc;--box:#ffffff;--line:#d6d9e0;--edge:#a4abb8;--text:#1b1d22;--quiet:#646b79;
--step:#3f63d6;--call:#3f63d6;--map:#0d7f86;--loop:#0d7f86;--wait:#7c4fc4;--sleep:#5d6678;--race:#b4600e;--settle:#b4600e`;
const dark = `--paper:#131418;--box:#1c1e24;--line:#353944;--edge:#6d7585;--text:#e9eaee;--quiet:#9da4b1;
--step:#86a1ff;--call:#86a1ff;--map:#4cc3c9;--loop:#4cc3c9;--wait:#bb9af7;--sleep:#a3adc0;--race:#eaa35c;--settle:#eaa35c`;

/** The style of a picture, limited to `scope` because a page's other pictures and texts share the page with it. */
export function svgStyle(scope: string): string {
  const kinds = ['step', 'call', 'map', 'loop', 'wait', 'sleep', 'race', 'settle'];
  return `
${scope}{${light};font-family:ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif}
@media (prefers-color-scheme:dark){${scope}{${dark}}}
${scope} .paper{fill:var(--paper)}
${scope} text{unicode-bidi:isolate;fill:var(--text)}
${scope} .heading{font-size:18px;font-weight:650}
${scope} .name{font-size:13px;font-weight:600}
${scope} .caption{font-size:11px;fill:var(--quiet)}
${scope} .box{fill:var(--box);stroke:var(--line)}
${scope} .maybe .box{stroke-dasharray:5 4;stroke:var(--kind)}
${scope} .badge{fill:var(--kind);opacity:.13}
${scope} .icon{fill:none;stroke:var(--kind);stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}
${scope} .edge{fill:none;stroke:var(--edge);stroke-width:1.4}
${scope} .edge.maybe{stroke-dasharray:5 4}
${scope} .tip{fill:var(--edge)}
${scope} .terminal .box{fill:none}
${kinds.map((kind) => `${scope} .${kind}{--kind:var(--${kind})}`).join('\n')}
`;
}
