/**
 * Refuses a Node.js that is too old, before anything fails in a way that nobody understands.
 *
 * It stands in the lowest room because what is lowest is evaluated first.
 */
const oldest = 24;

if (Number.parseInt(process.versions.node, 10) < oldest) {
  const refusal = new Error(
    `Anqa needs Node.js ${oldest} or newer, and this is ${process.version} (${process.execPath}): start the application with a newer one.`,
  );
  refusal.stack = `Error: ${refusal.message}`; // where it was thrown is of no interest
  throw refusal;
}

export {};
