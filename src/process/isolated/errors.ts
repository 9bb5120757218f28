/** The function took longer than its `timeout`; it has been told to end. */
export class IsolatedTimeout extends Error {
  override readonly name = "IsolatedTimeout";

  constructor(what: string, milliseconds: number) {
    super(`${what} was still running after ${milliseconds} ms and has been ended: give it less to do, or more time`);
  }
}

/**
 * The function threw, or ended its thread or its process. What it threw is the `cause`, as far as threads can tell
 * each other.
 */
export class IsolatedCrash extends Error {
  override readonly name = "IsolatedCrash";
}

/** The function used more memory than it may, see `maxOldSpaceMegabytes`; it has been ended. */
export class IsolatedOutOfMemory extends Error {
  override readonly name = "IsolatedOutOfMemory";

  constructor(what: string, megabytes: number, options?: ErrorOptions) {
    super(
      `${what} used more memory than ${megabytes} MB of objects may: give it less to do, or a larger maxOldSpaceMegabytes`,
      options,
    );
  }
}

/** All places are taken and as many calls wait for one as may. */
export class IsolatedOverload extends Error {
  override readonly name = "IsolatedOverload";

  constructor(what: string, waiting: number) {
    super(
      `${what} was refused: ${waiting} calls wait already. Tell whoever asked to come back later, or give isolatedPool a larger queueLimit or size`,
    );
  }
}
