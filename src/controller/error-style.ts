/** The style of error pages, light or dark as the visitor's system is. */
export const errorStyle = `
:root { color-scheme: light dark; --line: #8884; --accent: light-dark(#b3261e, #ff8a7a); }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#faf9f7, #17161a); color: light-dark(#1d1b20, #e8e4ea); }
main { max-width: 64rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
.plain { min-height: 100vh; display: grid; place-content: center; text-align: center; }
.plain h1 { font-size: 4rem; line-height: 1; }
h1 { margin: 0; color: var(--accent); font-size: 1.6rem; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 .5rem; font-size: 1rem; overflow-wrap: anywhere; }
p { margin: 0 0 .5rem; }
.status span { opacity: .7; overflow-wrap: anywhere; }
pre, code, td { font: .875rem/1.6 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; }
pre { margin: 0; padding: .75rem 1rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; background: light-dark(#fff, #201e24); }
.message { margin-top: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.source { padding: .5rem 0; }
.source code { display: block; padding: 0 1rem; white-space: pre; width: max-content; min-width: 100%; }
.source span { display: inline-block; width: 3.5em; opacity: .5; user-select: none; }
.source .here { background: color-mix(in srgb, var(--accent) 18%, transparent); }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .35rem .75rem .35rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { width: 14rem; font-weight: 500; }
`;
