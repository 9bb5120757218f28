import { html, liveView } from "anqa/live";

export const CounterLive = liveView("counter")
  .mount((_params, _session, socket) => socket.assign({ count: 0 }))
  .event("increment", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
  .event("decrement", (_params, socket) => socket.assign({ count: socket.assigns.count - 1 }))
  .render(
    ({ count }) => html`
      <section class="panel stage">
        <h1>Counter</h1>
        <output class="count">${count}</output>
        <p class="row">
          <button phx-click="decrement">−1</button>
          <button phx-click="increment">+1</button>
        </p>
      </section>
    `,
  );
