import { readFileSync } from "node:fs";
import { html } from "anqa/template";
import { routes } from "../routes.ts";

const counterSource = readFileSync(new URL("../live/counter.ts", import.meta.url), "utf8");

const clickOnTheWire = `→ ["4","6","lv:phx-6KVJ","event",{"type":"click","event":"increment","value":{"value":""}}]
← ["4","6","lv:phx-6KVJ","phx_reply",{"status":"ok","response":{"diff":{"0":"1"}}}]`;

const cards = [
  { path: routes.counter(), name: "Counter", says: "One click travels up, one digit comes back." },
  { path: routes.chat(), name: "Chat", says: "Rooms that every open tab shares, and a database that remembers them." },
  { path: routes.dash(), name: "Dashboard", says: "A hundred rows that change all the time, alike in every tab." },
  { path: routes.room(), name: "Room", says: "No LiveView: a channel, and a few lines of script that join it." },
  { path: routes.crash(), name: "Break it", says: "A handler that throws, and a page that is back in a second." },
];

export const HomePage = () => html`
  <div class="home">
    <section class="hero">
      <div class="stack">
        <h1>Pages that live on the server</h1>
        <p class="lead">
          Anqa is a real-time web framework for TypeScript. A page is a process: its state, its events and its
          markup stand in one file, and each browser is sent the smallest change that keeps it up to date.
        </p>
        <p class="row">
          <a class="button" href=${routes.counter()}>Try the counter</a>
          <a class="button quiet" href=${routes.chat()}>Join the chat</a>
        </p>
      </div>
      <img src="/assets/anqa.svg" alt="" width="272" height="272" />
    </section>
    <ul class="cards">${cards.map(Card)}</ul>
    <section class="stack">
      <h2 class="big">This is the whole counter</h2>
      <p>
        No build step, no client code. The page is rendered once as HTML. From then on a click sends one small
        message, and is answered with what changed: the count.
      </p>
      <figure class="source">
        <figcaption>web/live/counter.ts</figcaption>
        <pre tabindex="0"><code>${counterSource}</code></pre>
      </figure>
      <figure class="source">
        <figcaption>one click on the wire</figcaption>
        <pre tabindex="0"><code>${clickOnTheWire}</code></pre>
      </figure>
    </section>
  </div>
`;

const Card = ({ path, name, says }: (typeof cards)[number]) => html`
  <li class="card">
    <h2><a href=${path}>${name}</a></h2>
    <p>${says}</p>
  </li>
`;
