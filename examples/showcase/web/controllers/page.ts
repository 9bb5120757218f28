import { render } from "anqa/controller";
import type { Conn } from "anqa/plug";
import { HomePage } from "../pages/home.ts";
import { RoomPage } from "../pages/room.ts";

export const PageController = {
  home(conn: Conn) {
    render(conn, HomePage());
  },

  room(conn: Conn) {
    render(conn, RoomPage());
  },
};
