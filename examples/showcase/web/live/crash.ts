import { html, liveView } from "anqa/live";

export const CrashLive = liveView("crash")
  .mount((_params, _session, socket) => socket.assign({ count: 0 }))
  .event("increment", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
  .event("break", () => {
    throw new Error("broken on purpose, from /crash");
  })
  .render(
    ({ count }) => html`
      <div class="stack">
        <h1>Break it</h1>
        <p class="lead">
          Count a little, then break it. The handler throws, the process of this page ends, and a moment later the page
          has a new one that starts at 0. Nobody else notices: open a second tab, and see its count stay.
        </p>
        <div class="panel stage">
          <output class="count">${count}</output>
          <div class="row">
            <button class="quiet" phx-click="increment">+1</button>
            <button phx-click="break">Break it</button>
          </div>
        </div>
      </div>
    `,
  );
