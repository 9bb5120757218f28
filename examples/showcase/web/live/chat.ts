import { each, html, liveView } from "anqa/live";
import { z } from "zod";
import { ChatTopic, historyLength, latestMessages, type Message, postMessage } from "../../messages.ts";
import { routes } from "../routes.ts";

const NewMessage = z.object({ body: z.string().trim().min(1).max(500) });

export const ChatLive = liveView("chat", { route: routes.chatRoom })
  .mount(async ({ room }, session, socket) => {
    const user = String(session.nickname);
    if (socket.connected) socket.subscribe(ChatTopic(room));
    return socket.assign({ pageTitle: room, room, user, messages: await latestMessages(socket.node, room) });
  })
  .event("send_message", NewMessage, async ({ body }, socket) => {
    const { room, user } = socket.assigns;
    await postMessage(socket.node, { room, user, body });
    socket.pushEvent("message_sent", {});
  })
  .info(ChatTopic, "new_message", (message, socket) => {
    const others = socket.assigns.messages.filter(({ id }) => id !== message.id);
    return socket.assign({ messages: [...others, message].slice(-historyLength) });
  })
  .render(
    ({ room, user, messages }) => html`
      <div class="stack">
        <div class="title-row">
          <h1>${room}</h1>
          <p class="hint">You are <strong>${user}</strong>. <a href=${routes.chat()}>Change name or room</a></p>
        </div>
        <div>
          <ol id="messages" class="messages" phx-hook="FollowNewest" role="log" aria-label="Messages" tabindex="0">
            ${each(messages, ChatMessage, { key: ({ id }) => id })}
          </ol>
          <form id="composer" class="composer" phx-submit="send_message" phx-hook="ClearWhenSent">
            <input
              name="body" aria-label="Message" placeholder="Write to everybody in ${room}"
              required maxlength="500" autocomplete="off" autofocus
            />
            <button>Send</button>
          </form>
        </div>
      </div>
    `,
  );

const ChatMessage = ({ user, body, inserted_at }: Message) => html`
  <li>
    <span class="avatar" aria-hidden="true">${user.slice(0, 1)}</span>
    <p><strong>${user}</strong> <time datetime=${inserted_at}>${inserted_at.slice(11, 16)}</time></p>
    <p>${body}</p>
  </li>
`;
