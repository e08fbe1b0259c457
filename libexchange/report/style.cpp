#include "libexchange/report/style.h"

namespace exchange::report {

// Colours tell three things and no more: overdue, about to be, a minor. Each is also a word, for those who
// see no colours and for black-and-white printers. Fonts: whatever the machine has for each script.
const Literal kStyle = R"css(
:root {
  color-scheme: light dark;
  --ink: #1c2733; --soft: #5b6875; --line: #d5dce3; --page: #f3f5f7; --card: #ffffff;
  --late: #a4161a; --late-soft: #fbeaea; --minor: #6a3d9a; --minor-soft: #f1eaf8; --done: #2b6e4f; --bar: #3d6b99;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6ebf0; --soft: #a3b0bd; --line: #37434f; --page: #151b21; --card: #1e262e;
    --late: #ff9a94; --late-soft: #3d2323; --minor: #cdb4ee; --minor-soft: #322943; --done: #86cfae; --bar: #7fa8d1;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 1.5rem 2rem 2rem; background: var(--page); color: var(--ink);
  font: .94rem/1.45 "Noto Sans", "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans Arabic", "Segoe UI Arabic",
    "Geeza Pro", "Noto Sans Thai", "Leelawadee UI", Thonburi, "Noto Sans Khmer", "Khmer UI", "Khmer Sangam MN",
    "Noto Sans Myanmar", "Myanmar Text", "Noto Sans Lao", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei",
    "PingFang SC", "Noto Sans CJK JP", sans-serif;
}
:lang(th), :lang(km), :lang(my), :lang(lo), :lang(ar) { line-height: 1.6; }
header { display: flex; flex-wrap: wrap; align-items: flex-end; gap: .4rem 2.5rem; margin-bottom: 1.2rem;
  border-bottom: 2px solid var(--ink); padding-bottom: .8rem; }
header div { flex: 1 1 20rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.2rem; margin: 1.8rem 0 .6rem; break-after: avoid; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .15rem 0; }
.soft { color: var(--soft); }
.late { color: var(--late); font-weight: 600; }
.figures { display: flex; flex-wrap: wrap; gap: .3rem 2rem; margin: 0; padding: 0; list-style: none; }
.figures li { text-align: end; color: var(--soft); }
.figures b { display: block; font-size: 1.7rem; line-height: 1.1; color: var(--ink); font-variant-numeric: tabular-nums; }
.figures .late b { color: var(--late); }
code, .id { font-family: ui-monospace, "Noto Sans Mono", "DejaVu Sans Mono", Consolas, monospace; font-size: .93em;
  unicode-bidi: isolate; direction: ltr; white-space: nowrap; }
.id { font-weight: 700; }
.word { white-space: nowrap; }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); }
th, td { text-align: start; vertical-align: baseline; padding: .35rem .7rem; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--soft); font-size: .88rem; }
td.number, th.number { text-align: end; font-variant-numeric: tabular-nums; }
.choices { display: flex; gap: 1.2rem; margin: .2rem 0 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(17.5rem, 1fr)); gap: 1.1rem; align-items: start; }
.column { min-width: 0; }
.column h3 { display: flex; align-items: baseline; gap: .6rem; padding: .3rem 0; border-bottom: 2px solid var(--bar);
  margin-bottom: .5rem; }
.column h3 b { margin-inline-start: auto; font-variant-numeric: tabular-nums; }
.column h3 .late { font-size: .85rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 4px; padding: .5rem .65rem;
  margin-bottom: .5rem; border-inline-start: 4px solid var(--line); break-inside: avoid; }
.card.is-late { border-inline-start-color: var(--late); }
.card .top { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .5rem; }
.card .top span:last-child { margin-inline-start: auto; font-weight: 600; }
.card .name_native { font-size: 1.08rem; font-weight: 600; }
.name_native, .name_latin { overflow-wrap: anywhere; }
.card p { overflow-wrap: anywhere; }
.rules { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .2rem 0 .5rem; }
.tag { display: inline-block; font-size: .8rem; font-weight: 600; border-radius: 3px; padding: 0 .4rem; margin-inline-start: .4rem; white-space: nowrap; }
.top .tag { margin: 0; }
.tag.is-minor { color: var(--minor); background: var(--minor-soft); }
.tag.is-contrary { color: var(--late); background: var(--late-soft); }
.gates { display: flex; flex-wrap: wrap; gap: .1rem .7rem; list-style: none; margin: .25rem 0 0; padding: 0; font-size: .84rem; }
.gates li { white-space: nowrap; color: var(--soft); }
.gates li.ok, .gates li.waived { color: var(--done); }
.gates li.failed { color: var(--late); font-weight: 600; }
.more { color: var(--soft); font-size: .88rem; }
body:has(#only-overdue:checked) .card:not(.is-late), body:has(#only-minors:checked) .card:not(.of-minor) { display: none; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(26rem, 1fr)); gap: 1.2rem; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 4px; padding: .8rem 1rem; break-inside: avoid; }
figcaption { font-weight: 600; margin-bottom: .4rem; }
svg { display: block; width: 100%; height: auto; font-family: inherit; }
svg text { fill: var(--ink); font-size: 13px; }
svg rect { fill: var(--bar); }
svg rect.pooled { fill: var(--soft); }
footer { margin-top: 1.6rem; border-top: 1px solid var(--line); padding-top: .6rem; color: var(--soft); font-size: .88rem; }
@page { size: A4 landscape; margin: 10mm; }
@media print {
  :root { color-scheme: light; --ink: #000000; --soft: #444444; --line: #aaaaaa; --page: #ffffff; --card: #ffffff;
    --late: #8a0f13; --late-soft: #ffffff; --minor: #4b2a70; --minor-soft: #ffffff; --done: #1d4d37; --bar: #3d6b99; }
  html { font-size: 9.5pt; }
  body { padding: 0; }
  .track { break-before: page; }
  h3 { break-after: avoid; }
  tr { break-inside: avoid; }
  .choices { display: none; }
  .columns { display: block; columns: 60mm; column-gap: 5mm; }
  .column { margin-bottom: 4mm; }
  .card { padding: 1mm 2mm; margin-bottom: 1.5mm; }
  .tag { border: 1px solid currentColor; }
  .charts { display: block; columns: 85mm; }
  svg rect { print-color-adjust: exact; }
}
)css";

}  // namespace exchange::report
