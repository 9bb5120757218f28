import { fetchFlash, putRootLayout } from "anqa/controller";
import { accepts, fetchSession, parseBody, protectFromForgery, putSecureBrowserHeaders } from "anqa/plug";
import { router } from "anqa/router";
import { ChatController } from "./controllers/chat.ts";
import { PageController } from "./controllers/page.ts";
import { Root } from "./layout.ts";
import { ChatLive } from "./live/chat.ts";
import { CounterLive } from "./live/counter.ts";
import { CrashLive } from "./live/crash.ts";
import { DashLive } from "./live/dash.ts";
import { giveNickname } from "./nickname.ts";
import { routes } from "./routes.ts";

export const appRouter = router(routes)
  .pipeline("browser", [
    accepts("html"),
    fetchSession(),
    fetchFlash(),
    putRootLayout(Root),
    parseBody(),
    protectFromForgery(),
    putSecureBrowserHeaders(),
  ])
  .pipeline("chat", [giveNickname])
  .scope({ through: "browser" }, (scope) =>
    scope
      .get(routes.home, PageController.home)
      .get(routes.room, PageController.room)
      .live(routes.counter, CounterLive)
      .live(routes.dash, DashLive)
      .live(routes.crash, CrashLive),
  )
  .scope({ through: ["browser", "chat"] }, (scope) =>
    scope
      .get(routes.chat, ChatController.index)
      .post(routes.nickname, ChatController.rename)
      .live(routes.chatRoom, ChatLive),
  );
