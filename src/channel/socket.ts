import type { SocketMount } from "../endpoint/index.ts";
import type { ChannelType } from "./instance.ts";
import { type ConnectInfo, type ConnectResult, type SocketMountOptions, socketMount } from "./socket-mount.ts";

/** A socket that clients connect to, with the channels that they can join through it. */
export interface UserSocket extends SocketMount {
  /** Serves the channel's topics on this socket. */
  channel(channel: ChannelType): UserSocket;
  /** Decides who may connect, and gives the connection its values; everybody may, if not called. */
  connect(decide: (info: ConnectInfo) => ConnectResult | Promise<ConnectResult>): UserSocket;
}

/** How a socket is set up: see {@link SocketMountOptions}. */
export type SocketOptions = Omit<SocketMountOptions, "channels" | "connect">;

/**
 * Declares a socket.
 *
 * @example
 * export const UserSocket = socket().channel(RoomChannel);
 * // endpoint({ router, sockets: { "/socket": UserSocket } })
 */
export function socket(options: SocketOptions = {}): UserSocket {
  return chain({ ...options, channels: [] });
}

function chain(options: SocketMountOptions): UserSocket {
  const mount = socketMount(options);
  return {
    channel: (channel) => chain({ ...options, channels: [...options.channels, channel] }),
    connect: (decide) => chain({ ...options, connect: decide }),
    upgrade: (context) => mount.upgrade(context),
    start: (endpoint, path) => mount.start?.(endpoint, path),
    drain: (endpoint) => mount.drain(endpoint),
  };
}
