import { defineRoutes } from "anqa/router";

/** Every path of the application. Imports nothing of it, so that pages can link to each other. */
export const routes = defineRoutes({
  home: "/",
  counter: "/counter",
  chat: "/chat",
  nickname: "/nickname",
  chatRoom: "/chat/:room",
  dash: "/dash",
  room: "/room",
  crash: "/crash",
});
