/**
 * Imported into every test file's process: ends it, failed, when something keeps it alive after its tests.
 *
 * `--test-timeout` is for tests and hooks; a server or timer that a test left open would hang the whole run.
 */
import { after } from "node:test";

const patienceMilliseconds = 10_000;

if (process.env.NODE_TEST_CONTEXT !== undefined) {
  after(() => {
    setTimeout(() => {
      process.stderr.write(
        `${process.argv[1]}: its tests are over, and it does not end. Still open: ${process.getActiveResourcesInfo().join(", ")}. Close in test.after() what the tests opened.\n`,
      );
      process.exit(1);
    }, patienceMilliseconds).unref();
  });
}
