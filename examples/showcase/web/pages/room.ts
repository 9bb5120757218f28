import { html } from "anqa/template";

/** A page without LiveView: its script joins the channel of channels/room.ts. */
export const RoomPage = () => html`
  <div class="stack">
    <h1>Room</h1>
    <p class="lead">
      A plain page whose script joins a channel with the official Phoenix client. Only <code>lobby</code> lets you in;
      any other room answers that you are unauthorized.
    </p>
    <form id="join" class="row">
      <label class="field">Room <input name="room" value="lobby" required autocomplete="off" /></label>
      <button class="quiet">Join</button>
      <p id="state" class="hint" role="status">joining</p>
    </form>
    <div>
      <ol id="messages" class="messages" role="log" aria-label="Messages" tabindex="0"></ol>
      <form id="composer" class="composer">
        <input
          name="body" aria-label="Message" placeholder="Say something, then press Enter"
          maxlength="500" autocomplete="off"
        />
      </form>
    </div>
    <script src="/assets/room.js" defer></script>
  </div>
`;
