import { each, html, liveView } from "anqa/live";
import { currentServers, DashTopic, type Server } from "../../servers.ts";

export const DashLive = liveView("dash")
  .mount((_params, _session, socket) => {
    if (socket.connected) socket.subscribe(DashTopic);
    return socket.assign({ servers: currentServers(socket.node) });
  })
  .info(DashTopic, "changed", (servers, socket) => socket.assign({ servers }))
  .render(
    ({ servers }) => html`
      <div class="stack">
        <h1>Dashboard</h1>
        <p class="lead">
          One process owns these ${servers.length} rows and changes a few of them several times a second. Every open tab
          follows, and is sent the cells that changed.
        </p>
        <p class="tally">
          <span class="status healthy">${count(servers, "healthy")} healthy</span>
          <span class="status busy">${count(servers, "busy")} busy</span>
          <span class="status hot">${count(servers, "hot")} hot</span>
        </p>
        <div class="table-frame" tabindex="0" role="region" aria-label="Servers">
          <table>
            <thead>
              <tr>
                <th scope="col">Server</th>
                <th scope="col">Status</th>
                <th scope="col" class="load">Load</th>
                <th scope="col" class="number">Per cent</th>
                <th scope="col" class="number">Temperature</th>
                <th scope="col" class="number when">Changed</th>
              </tr>
            </thead>
            <tbody>${each(servers, ServerRow, { key: (server) => server.name })}</tbody>
          </table>
        </div>
      </div>
    `,
  );

const ServerRow = ({ name, status, load, temperature, changedAt }: Server) => html`
  <tr>
    <th scope="row">${name}</th>
    <td><span class="status ${status}">${status}</span></td>
    <td class="load"><meter max="100" low="66" high="89" optimum="0" value=${load} aria-label="load"></meter></td>
    <td class="number">${load}</td>
    <td class="number">${temperature} °C</td>
    <td class="number when">${changedAt.toISOString().slice(11, 19)}</td>
  </tr>
`;

const count = (servers: readonly Server[], status: Server["status"]) =>
  servers.filter((server) => server.status === status).length;
