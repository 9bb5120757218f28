/** Shows the options that its Node.js was started with, and ends. */
process.stdout.write(`${JSON.stringify(process.execArgv)}\n`);
process.exit(0);
