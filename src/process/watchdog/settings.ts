/** What the thread of a watchdog is told when it starts. */
export interface WatchdogSettings {
  /** See {@link Heartbeat}. */
  readonly memory: SharedArrayBuffer;
  /** Milliseconds between two beats. */
  readonly interval: number;
  readonly softLimit: number;
  readonly hardLimit: number;
  /** Name of the global symbol under which the main thread keeps its {@link MainThread}. */
  readonly mainThread: string;
  readonly exitCode: number;
}

/** What the thread calls in the main one while that is stopped. */
export interface MainThread {
  /** What is running. */
  describe(): string | undefined;
  /** Ends the operating-system process. Returns only where it could not. */
  end(): void;
}

/** What the thread tells the main one, which reads it once it runs again. */
export interface StallReport {
  /** Node.js talks over the same line as well: with `--watch` it names the files that it loads. */
  readonly kind: "stall";
  readonly process: string | undefined;
  readonly stack: string | undefined;
}

/** A clock in milliseconds that all threads share and nobody sets. */
export function milliseconds(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
