/** Ways to exhaust memory, which end in V8 at different places. */

export function manyObjects(): never {
  const kept: unknown[] = [];
  for (;;) kept.push({ number: kept.length, list: [kept.length] });
}

/** Grows by half: the step that would go beyond a limit is as large as all before. */
export function growingArray(): never {
  const kept: number[] = [];
  for (;;) kept.push(kept.length);
}

export function growingMap(): never {
  const map = new Map<number, number>();
  for (let key = 0; ; key++) map.set(key, key);
}

export function growingSet(): never {
  const set = new Set<number>();
  for (let key = 0; ; key++) set.add(key);
}

export function growingObject(): never {
  const object: Record<string, number> = {};
  for (let key = 0; ; key++) object[`key ${key}`] = key;
}

export function sparseArray(): never {
  const array: number[] = [];
  for (let key = 0; ; key++) array[(key * 7919) % 4_294_967_295] = key;
}

/** One allocation that is beyond what V8 ever makes: it gives up itself, and not only the thread. */
export function filledArray(): number {
  return new Array(300_000_000).fill(0).length;
}

/** Another one, in the same way at another place. */
export function splitText(): number {
  return "ab".repeat(100_000_000).split("").length;
}

export function concatenation(): never {
  let text = "x";
  for (;;) text += text;
}

export function manyTexts(): never {
  const kept: string[] = [];
  for (;;) kept.push(`${kept.length} `.repeat(100_000).replace(" ", "!"));
}

export function joinedArray(): never {
  const kept: string[] = [];
  for (;;) kept.push(new Array(400_000).fill("x".repeat(100)).join(","));
}

export function giantJson(): string {
  const rows = Array.from({ length: 100_000 }, (_, key) => ({ key, text: `text ${key}` }));
  return JSON.stringify(Array.from({ length: 1_000 }, () => rows));
}

/** In native code all the time: V8 does not come to a place where it could be interrupted. */
export function parsedJson(): number {
  return JSON.parse(`[${'{"a":1.5},'.repeat(10_000_000)}1]`).length;
}

export function clonedObjects(): number {
  return structuredClone(Array.from({ length: 3_000_000 }, (_, key) => ({ key }))).length;
}

export function manyBuffers(): never {
  const kept: unknown[] = [];
  for (;;) kept.push(Buffer.alloc(8_000_000, 1));
}

export function smallBuffers(): never {
  const kept: unknown[] = [];
  for (;;) kept.push(new Uint8Array(100));
}

export function giantBuffer(): number {
  return new Float64Array(1_000_000_000).fill(1).length;
}

/** Memory that V8 does not manage. The types of Node.js know nothing of it. */
export function webAssembly(): never {
  const kept: unknown[] = [];
  const { WebAssembly: engine } = globalThis as unknown as {
    readonly WebAssembly: { readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer } };
  };
  for (;;) {
    const memory = new engine.Memory({ initial: 200 });
    new Uint8Array(memory.buffer).fill(1);
    kept.push(memory);
  }
}

/** Small as it is, and a thousand times as large when it is written down. */
export function giantResult(): unknown {
  return new Array(1_000).fill("x".repeat(1_000_000));
}

export function deepCalls(): number {
  return deepCalls() + 1;
}
