/** The style of error pages, light or dark as the visitor's system is. */
export const errorStyle = `
:root {
  color-scheme: light dark;
  --line: light-dark(#dcd7d0, #37343d);
  --panel: light-dark(#fff, #201e24);
  --faint: light-dark(#67616b, #a29ba8);
  --accent: light-dark(#b3261e, #ff8a7a);
  --link: light-dark(#1f5fb0, #8ab8ff);
}
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#faf9f7, #17161a); color: light-dark(#1d1b20, #e8e4ea); }
h1, h2, h3, p, pre, dl, dd, ol, figure { margin: 0; }
a { color: var(--link); }
i { color: var(--faint); font-style: normal; font-weight: 400; }

.plain { min-height: 100vh; display: grid; place-content: center; gap: .25rem; padding: 2rem 1.25rem; text-align: center; }
.plain h1 { color: var(--accent); font-size: 4rem; line-height: 1; }
.plain .fields { margin-top: 1.5rem; text-align: left; }

.debug { max-width: 66rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
.debug header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
.status b { color: var(--accent); }
.target { flex: 1; min-width: 12rem; text-align: right; }
.target, th, td, td pre, .source, .stack, figcaption, .message, .hint pre { font: .8125rem/1.6 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
section { margin-top: 1.75rem; }
h1 { color: var(--accent); font-size: 1.5rem; line-height: 1.3; overflow-wrap: anywhere; }
h2 { margin-bottom: .5rem; font-size: 1rem; overflow-wrap: anywhere; }
.message { margin-top: .5rem; font-size: .9375rem; white-space: pre-wrap; }
.cause { margin: 0; color: var(--accent); }
.error > .fields, .error > table, .error > .hint, .error > figure, .error > .stack, .error > details { margin-top: 1rem; }

figure, .stack, .hint { border: 1px solid var(--line); border-radius: .5rem; background: var(--panel); overflow: hidden; }
figcaption { padding: .5rem 1rem; border-bottom: 1px solid var(--line); }
.source { padding: .5rem 0; overflow-x: auto; }
.source code { display: block; padding: 0 1rem; font: inherit; white-space: pre; width: max-content; min-width: 100%; }
.source span { display: inline-block; width: 3.5em; color: var(--faint); user-select: none; }
.source .here { background: color-mix(in srgb, var(--accent) 18%, transparent); box-shadow: inset 3px 0 var(--accent); }
.stack { padding: .5rem 0; list-style: none; }
.stack li { padding: .125rem 1rem; }
.stack b { font-weight: 600; margin-right: .5em; }
.stack .framework b, .stack .dependency b, .stack .node b, .stack .framework a, .stack .dependency a, .stack .node span { color: var(--faint); font-weight: 400; }
.hint { padding: .75rem 1rem; border-left: 3px solid var(--link); }
.hint h3 { font-size: .9375rem; }
.hint pre { white-space: pre-wrap; }
details > .stack, details > table { margin-top: .5rem; }
summary { cursor: pointer; }
summary h2 { display: inline; }

table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { padding: .35rem .75rem .35rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
th { width: 14rem; font-weight: 500; color: var(--faint); }
td pre { white-space: pre-wrap; }
.fields { display: grid; gap: .5rem; }
.fields dt { font-weight: 600; }
footer { margin-top: 2.5rem; color: var(--faint); font-size: .875rem; }

@media (max-width: 34rem) {
  .target { flex-basis: 100%; text-align: left; }
  th, td { display: block; width: auto; padding-right: 0; }
  td { padding-top: 0; border-top: 0; }
}
`;
