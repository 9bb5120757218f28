import { types } from "node:util";
import { DefaultSerializer, deserialize } from "node:v8";

/** How V8 and Node.js begin or end the message of an error for what has no copy. */
const refusal = /could not be cloned|cannot be cloned|^Unserializable host object/;

/**
 * Writes a value down for another operating-system process, as structured clone would.
 *
 * @throws `DataCloneError` for what cannot leave this one: functions, ports, shared memory.
 */
export function toBytes(value: unknown): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  try {
    writer.writeHeader();
    writer.writeValue(value);
    return writer.releaseBuffer();
  } catch (error) {
    const [sentence = ""] = error instanceof Error ? error.message.split("\n") : [];
    if (!refusal.test(sentence)) throw error;
    throw new DOMException(`${sentence} Between operating-system processes everything is copied`, "DataCloneError");
  }
}

/** Reads what {@link toBytes} wrote. */
export function fromBytes(bytes: Uint8Array): unknown {
  return deserialize(bytes);
}

/** Node.js would copy a view of shared memory, and nobody would notice that it is shared no more. */
class Writer extends DefaultSerializer {
  _writeHostObject(view: ArrayBufferView): void {
    if (types.isSharedArrayBuffer(view.buffer)) throw new Error("A view of a SharedArrayBuffer could not be cloned.");
    // @ts-expect-error: Node.js calls and documents it, its types do not know it.
    super._writeHostObject(view);
  }
}
