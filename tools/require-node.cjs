"use strict";

// Written for any Node.js there ever was: it must run where the sources cannot.
// npm puts node_modules/.bin before everything else on PATH, so that `node` in a script is the one that
// the `node` package brings. When that is missing, the machine's own takes its place, and may be too old.
var oldest = 24;

if (parseInt(process.versions.node, 10) < oldest) {
  process.stderr.write(
    "Anqa needs Node.js " +
      oldest +
      " or newer, and this is " +
      process.version +
      " (" +
      process.execPath +
      "): run `npm ci`, which brings a new one to node_modules/.bin/node.\n",
  );
  process.exit(1);
}
