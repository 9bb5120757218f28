const { Socket } = window.Phoenix;

const state = document.querySelector("#state");
const messages = document.querySelector("#messages");
const composer = document.querySelector("#composer");
const socket = new Socket("/socket");

let channel;

function join(room) {
  channel?.leave();
  messages.replaceChildren();
  channel = socket.channel(`room:${room}`);
  channel.on("new_msg", show);
  channel
    .join()
    .receive("ok", () => tell(`joined ${room}`))
    .receive("error", ({ reason }) => {
      channel.leave();
      tell(reason);
    });
}

function show({ body }) {
  const item = document.createElement("li");
  item.textContent = body;
  messages.append(item);
  item.scrollIntoView({ block: "nearest" });
}

function tell(text) {
  state.textContent = text;
}

document.querySelector("#join").addEventListener("submit", (event) => {
  event.preventDefault();
  join(event.target.elements.room.value);
});

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const { body } = composer.elements;
  if (body.value.trim() === "") return;
  channel.push("new_msg", { body: body.value });
  composer.reset();
});

socket.connect();
join("lobby");
