/**
 * Channels: topics that clients join over a socket, to send events and to hear what is broadcast.
 *
 * The wire is the one of the npm package `phoenix` (PROTOCOL part A). A joined topic is a process; what
 * is broadcast on it goes to the sockets directly, encoded once.
 *
 * @module
 */
export { type Channel, type ChannelBuilder, channel } from "./channel.ts";
export type { ChannelSocket, JoiningSocket } from "./channel-socket.ts";
export { ClientMessage } from "./client-message.ts";
export { Connection } from "./connection.ts";
export type { JoinedTopic } from "./definition.ts";
export { connectionDropped, connectRefused, messageRefused, processKilled } from "./events.ts";
export type { ChannelType } from "./instance.ts";
export { ChannelLink } from "./link.ts";
export {
  type Acceptance,
  accept,
  type Refusal,
  type Reply,
  refuse,
  reply,
  replyError,
  type Stop,
  stop,
} from "./outcome.ts";
export { type SocketOptions, socket, type UserSocket } from "./socket.ts";
export {
  type ConnectInfo,
  type ConnectResult,
  type SocketMountOptions,
  socketMount,
} from "./socket-mount.ts";
