import { putFlash, redirect, render } from "anqa/controller";
import { type Conn, csrfToken, type Params } from "anqa/plug";
import { z } from "zod";
import { ChatPage } from "../pages/chat.ts";
import { routes } from "../routes.ts";

const Nickname = z.object({ nickname: z.string().trim().min(1).max(30) });

export const ChatController = {
  index(conn: Conn) {
    render(conn, ChatPage({ nickname: String(conn.session.get("nickname")), csrfToken: csrfToken(conn) }));
  },

  rename(conn: Conn, params: Params) {
    const chosen = Nickname.safeParse(params);
    if (chosen.success) {
      conn.session.put("nickname", chosen.data.nickname);
      putFlash(conn, "info", `You are ${chosen.data.nickname} now.`);
    } else {
      putFlash(conn, "error", "A name has between 1 and 30 characters.");
    }
    redirect(conn, { to: routes.chat() });
  },
};
