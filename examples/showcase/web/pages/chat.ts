import { html } from "anqa/template";
import { routes } from "../routes.ts";

const rooms = [
  { room: "lobby", says: "Where everybody comes in." },
  { room: "kitchen", says: "What is cooking, and who has eaten the last piece." },
  { room: "workshop", says: "Sawdust, solder, and half-built ideas." },
];

/** Where visitors choose their name and their room. */
export const ChatPage = ({ nickname, csrfToken }: { nickname: string; csrfToken: string }) => html`
  <div class="stack">
    <h1>Chat</h1>
    <p class="lead">
      Choose a name and a room, then open the room in a second tab. Messages appear in both at once, and are still there
      after the server was restarted.
    </p>
    <form class="panel row" method="post" action=${routes.nickname()}>
      <input type="hidden" name="_csrf_token" value=${csrfToken} />
      <label class="field">
        Your name
        <input name="nickname" value=${nickname} required maxlength="30" autocomplete="nickname" />
      </label>
      <button class="quiet">Use this name</button>
    </form>
    <ul class="cards">${rooms.map(RoomCard)}</ul>
  </div>
`;

const RoomCard = ({ room, says }: (typeof rooms)[number]) => html`
  <li class="card">
    <h2><a href=${routes.chatRoom({ room })}>${room}</a></h2>
    <p>${says}</p>
  </li>
`;
