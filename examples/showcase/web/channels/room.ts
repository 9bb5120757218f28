import { channel, refuse, socket } from "anqa/channel";
import { z } from "zod";

const NewMessage = z.object({ body: z.string().trim().min(1).max(500) });

export const RoomChannel = channel("room:*")
  .join(({ rest: room }, _params, socket) => (room === "lobby" ? socket : refuse({ reason: "unauthorized" })))
  .on("new_msg", NewMessage, ({ body }, socket) => {
    socket.broadcast("new_msg", { body });
  });

export const UserSocket = socket().channel(RoomChannel);
