import type { Worker } from "node:worker_threads";

/** Milliseconds between two looks at the heap of a thread at work. */
const interval = 50;

/** Megabytes between the size at which a thread is ended and the limit that V8 itself knows. */
const headroom = 1_000;

/** V8 lets a heap grow to so many times what is alive in it before it collects; more if its limit is 2 GB or more. */
function growth(megabytes: number): number {
  return megabytes <= 512 ? 2 : 4;
}

/**
 * The limit to give V8. It is far above the one that is meant, because V8 ends the whole program, and not only
 * the thread, when one allocation (a large Map that grows, say) goes beyond its own.
 */
export function engineLimit(megabytes: number): number {
  return megabytes * growth(megabytes) + headroom;
}

/**
 * Looks at the heap of a thread now and then, also if it is in a loop, and says when there is more in it than
 * `megabytes` and the garbage that may come with that.
 *
 * @returns a function that ends it.
 */
export function watchHeap(worker: Worker, megabytes: number, exceeded: () => void): () => void {
  const most = megabytes * growth(megabytes) * 1024 ** 2;
  let asking = false;
  let watching = true;
  const look = async () => {
    if (asking) return;
    asking = true;
    try {
      const { used_heap_size: used } = await worker.getHeapStatistics();
      if (watching && used > most) exceeded();
    } catch {
      // It has ended meanwhile, which is told elsewhere.
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(look, interval).unref();
  return () => {
    watching = false;
    clearInterval(timer);
  };
}
