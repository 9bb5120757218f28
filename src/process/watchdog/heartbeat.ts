/**
 * The memory through which the main thread shows that it runs. Written by the main thread alone.
 *
 * Atomics know integers only; microseconds since the machine was started fit into 64 bits.
 */
export class Heartbeat {
  readonly #beat: BigInt64Array;
  readonly #debugged: Int32Array;

  constructor(memory = new SharedArrayBuffer(16)) {
    this.memory = memory;
    this.#beat = new BigInt64Array(memory, 0, 1);
    this.#debugged = new Int32Array(memory, 8, 1);
  }

  readonly memory: SharedArrayBuffer;

  /** When the main thread last showed life, in milliseconds. */
  get last(): number {
    return Number(Atomics.load(this.#beat, 0)) / 1000;
  }

  /** True while a debugger can stop the main thread at will. */
  get debugged(): boolean {
    return Atomics.load(this.#debugged, 0) === 1;
  }

  beat(milliseconds: number, debugged: boolean): void {
    Atomics.store(this.#beat, 0, BigInt(Math.round(milliseconds * 1000)));
    Atomics.store(this.#debugged, 0, debugged ? 1 : 0);
  }
}
