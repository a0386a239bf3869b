export const pageStyle = `
:root{color-scheme:light dark;--paper:#fbfbfc;--card:#fff;--line:#dfe2e9;--text:#1b1d22;--quiet:#626978;--good:#2f8f5b;--bad:#c7382f;--busy:#3f63d6}
@media (prefers-color-scheme:dark){:root{--paper:#131418;--card:#1b1d23;--line:#31353f;--text:#e9eaee;--quiet:#9da4b1;--good:#4fbf83;--bad:#f0766c;--busy:#86a1ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1200px;padding:24px clamp(12px,3vw,40px) 64px;background:var(--paper);color:var(--text);font:15px/1.5 ui-sans-serif,system-ui,sans-serif}
h1{font-size:22px;margin:0 0 16px}
h2{font-size:13px;font-weight:600;margin:24px 0 8px;color:var(--quiet)}
form{display:grid;gap:10px}
textarea,input,select,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px 10px}
textarea{width:100%;min-height:84px;resize:vertical}
.options{display:flex;flex-wrap:wrap;gap:10px 16px;align-items:end}
label{display:grid;gap:4px;font-size:12px;color:var(--quiet)}
label>*{color:var(--text);font-size:15px}
button{cursor:pointer;font-weight:600}
button[type=submit]{background:var(--busy);border-color:var(--busy);color:var(--paper)}
button:disabled{opacity:.5;cursor:default}
:focus-visible{outline:2px solid var(--busy);outline-offset:2px}
#status{margin:20px 0 0;color:var(--quiet);min-height:1.5em}
#status.failed{color:var(--bad)}
#answer{margin:8px 0 0;padding:14px 16px;border:1px solid var(--good);border-left-width:4px;border-radius:8px;background:var(--card);white-space:pre-wrap;overflow-wrap:anywhere;font-size:17px}
#answer:empty{display:none}
.round{display:grid;grid-template-columns:repeat(auto-fill,minmax(230px,1fr));gap:10px;margin:0;padding:0;list-style:none}
.thought{border:1px solid var(--line);border-radius:8px;background:var(--card);padding:10px 12px;min-width:0}
.thought[data-state=asked]{border-style:dashed}
.thought[data-state=lost]{opacity:.7}
.thought[data-best=true]{border-color:var(--good);box-shadow:inset 4px 0 0 var(--good)}
.thought b{display:block;overflow-wrap:anywhere}
.thought p{margin:4px 0 0;font-size:12px;color:var(--quiet);overflow-wrap:anywhere}
.thought .lost{color:var(--bad)}
.id{font-size:12px;color:var(--quiet);font-variant-numeric:tabular-nums}
meter{width:100%;height:8px}
details{margin-top:6px;font-size:13px}
summary{cursor:pointer;color:var(--quiet)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:6px 0 0;font:13px/1.45 ui-monospace,monospace}
`;
