/** The style of the page. Rows have one height: the script draws only those in sight, and has to know where each is. */
export const rowHeight = 30;

export const pageStyle = `
:root{color-scheme:light dark;--paper:#fbfbfc;--card:#fff;--line:#e0e3ea;--text:#1b1d22;--quiet:#626978;--hover:#f1f3f7;
--chosen:#e6ecfd;--succeeded:#2f8f5b;--failed:#c7382f;--running:#3f63d6;--waiting:#7c4fc4;--skipped:#9aa1af;
--cancelled:#b4600e;--pending:#c4c9d4;--sleep:#8c95a6}
@media (prefers-color-scheme:dark){:root{--paper:#131418;--card:#1b1d23;--line:#31353f;--text:#e9eaee;--quiet:#9da4b1;
--hover:#22252d;--chosen:#263256;--succeeded:#4fbf83;--failed:#f0766c;--running:#86a1ff;--waiting:#bb9af7;
--skipped:#767e8d;--cancelled:#eaa35c;--pending:#454b58;--sleep:#6c7484}}
*{box-sizing:border-box}
body{margin:0;padding:24px clamp(12px,3vw,40px) 48px;background:var(--paper);color:var(--text);
font:14px/1.5 ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif}
header{display:flex;flex-wrap:wrap;gap:8px 32px;align-items:flex-end;justify-content:space-between;margin-bottom:20px}
h1{font-size:22px;line-height:1.2;margin:0 0 4px;display:flex;flex-wrap:wrap;gap:10px;align-items:center;overflow-wrap:anywhere}
.status{font-size:12px;font-weight:600;padding:2px 10px;border-radius:99px;color:var(--tone);border:1px solid var(--tone)}
.about{color:var(--quiet);overflow-wrap:anywhere}
.tag{border:1px solid var(--line);border-radius:4px;padding:0 6px;margin-left:6px;font-size:12px;white-space:nowrap}
dl.totals{display:flex;flex-wrap:wrap;gap:8px 28px;margin:0}
.totals dt{color:var(--quiet);font-size:12px}
.totals dd{margin:0;font-size:18px;font-weight:600;font-variant-numeric:tabular-nums}
.failure{border-left:3px solid var(--failed);background:var(--card);padding:10px 14px;margin:0 0 20px;border-radius:0 6px 6px 0;
white-space:pre-wrap;overflow-wrap:anywhere}
.board{display:grid;grid-template-columns:minmax(0,1fr) minmax(280px,34%);gap:16px;align-items:start}
.chart{background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:hidden}
.scale,.row{display:grid;grid-template-columns:minmax(120px,30%) minmax(0,1fr) 76px;gap:12px;align-items:center;padding:0 12px}
.scale{height:28px;border-bottom:1px solid var(--line);color:var(--quiet);font-size:11px;font-variant-numeric:tabular-nums}
.axis{position:relative;height:100%}
.axis span{position:absolute;top:5px;white-space:nowrap;transform:translateX(-50%)}
.axis span:first-child{transform:none}
.rows{overflow:auto;max-height:min(70vh,900px);position:relative;outline-offset:-2px}
.sheet{position:relative}
.row{position:absolute;left:0;right:0;height:${rowHeight}px;cursor:default;border-bottom:1px solid color-mix(in srgb,var(--line) 45%,transparent)}
.row:hover{background:var(--hover)}
.row[aria-selected=true]{background:var(--chosen)}
.name{display:flex;align-items:center;gap:6px;min-width:0}
.name b{font-weight:500;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.worker{margin-left:auto;max-width:55%;flex:none;color:var(--quiet);font-size:12px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.twist{flex:none;width:16px;height:16px;border:0;background:none;color:var(--quiet);padding:0;font-size:10px;cursor:pointer}
.dot{flex:none;width:8px;height:8px;border-radius:50%;background:var(--tone)}
.dot.pending,.dot.skipped{background:none;border:1.5px solid var(--tone)}
.bars{position:relative;height:100%}
.bar{position:absolute;top:8px;height:14px;min-width:3px;border-radius:3px;background:var(--tone)}
.bar.failed{background:var(--failed)}
.bar.retry{top:14px;height:2px;min-width:0;border-radius:0;background:repeating-linear-gradient(90deg,var(--quiet) 0 3px,transparent 3px 6px)}
.bar.queue{top:14px;height:2px;min-width:0;border-radius:0;background:var(--pending)}
.bar.wait{background:repeating-linear-gradient(135deg,var(--waiting) 0 4px,color-mix(in srgb,var(--waiting) 45%,transparent) 4px 8px)}
.bar.sleep{background:repeating-linear-gradient(135deg,var(--sleep) 0 4px,color-mix(in srgb,var(--sleep) 45%,transparent) 4px 8px)}
.break{position:absolute;top:0;bottom:0;background:repeating-linear-gradient(135deg,transparent 0 5px,color-mix(in srgb,var(--quiet) 16%,transparent) 5px 6px)}
.took{text-align:right;overflow:hidden;text-overflow:ellipsis;color:var(--quiet);font-size:12px;font-variant-numeric:tabular-nums;white-space:nowrap}
.detail{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px;position:sticky;top:12px;
max-height:calc(100vh - 24px);overflow:auto}
.detail h2{font-size:16px;margin:0;overflow-wrap:anywhere}
.detail h3{font-size:12px;color:var(--quiet);font-weight:600;margin:14px 0 4px}
.detail pre{margin:0;padding:8px 10px;background:var(--paper);border:1px solid var(--line);border-radius:6px;
font:12px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;max-height:340px;overflow:auto}
.hint{color:var(--quiet);margin:6px 0 0}
.tone-succeeded{--tone:var(--succeeded)}.tone-failed{--tone:var(--failed)}.tone-running,.tone-queued{--tone:var(--running)}
.tone-waiting{--tone:var(--waiting)}.tone-skipped{--tone:var(--skipped)}.tone-cancelled{--tone:var(--cancelled)}.tone-pending{--tone:var(--pending)}
@media (max-width:860px){.board{grid-template-columns:minmax(0,1fr)}.detail{position:static;max-height:none}
.scale,.row{grid-template-columns:minmax(96px,38%) minmax(0,1fr) 60px;gap:8px}}
@media print{.rows{max-height:none;overflow:visible}.detail{display:none}.board{grid-template-columns:1fr}}
`;
