/**
 * Unfragmented, unmasked WebSocket text frames (RFC 6455, section 5.2), as a server sends them.
 *
 * They are built here and not by `ws` so that a broadcast is framed once for all its receivers, and so
 * that all that a connection has to say in one tick leaves in one write.
 */

/** FIN and the opcode of a text frame. */
const textFrame = 0x81;

/** One frame around `text`. */
export function textFrameOf(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(headerLength(length) + length);
  writeFrame(frame, 0, text, length);
  return frame;
}

/** Several messages, some of them framed already, as one buffer. */
export function joinFrames(messages: readonly (string | Buffer)[]): Buffer {
  let total = 0;
  const lengths = messages.map((message) => {
    const length = typeof message === "string" ? Buffer.byteLength(message) : message.length;
    total += typeof message === "string" ? headerLength(length) + length : length;
    return length;
  });
  const joined = Buffer.allocUnsafe(total);
  let offset = 0;
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index] as string | Buffer;
    if (typeof message === "string") offset = writeFrame(joined, offset, message, lengths[index] as number);
    else offset += message.copy(joined, offset);
  }
  return joined;
}

function headerLength(payloadLength: number): number {
  if (payloadLength < 126) return 2;
  return payloadLength < 65_536 ? 4 : 10;
}

function writeFrame(target: Buffer, offset: number, text: string, length: number): number {
  target[offset++] = textFrame;
  if (length < 126) target[offset++] = length;
  else if (length < 65_536) {
    target[offset++] = 126;
    offset = target.writeUInt16BE(length, offset);
  } else {
    target[offset++] = 127;
    offset = target.writeBigUInt64BE(BigInt(length), offset);
  }
  return offset + target.write(text, offset, length, "utf8");
}
