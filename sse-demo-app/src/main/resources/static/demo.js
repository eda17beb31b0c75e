// Plain EventSource: no library is needed to read a stream.

const names = ["connecting", "open", "closed"];

/** Opens a stream and shows its state, also the one it enters by itself. */
function open(path, stateId, onMessage, onNamed = {}) {
  const source = new EventSource(path);
  const badge = document.getElementById(stateId);
  const showState = () => {
    badge.dataset.state = names[source.readyState];
    badge.textContent = names[source.readyState];
  };
  source.onopen = showState;
  source.onerror = showState;
  source.onmessage = onMessage;
  for (const [name, listener] of Object.entries(onNamed)) {
    source.addEventListener(name, (event) => listener(JSON.parse(event.data)));
  }
  showState();
  return source;
}

open("events/counter", "counter-state", (event) => {
  document.getElementById("counter").textContent = event.data;
  document.getElementById("counter-id").textContent = event.lastEventId;
});

let answer;

function ask() {
  answer?.close();
  const text = document.getElementById("tokens");
  text.textContent = "";
  answer = open("events/tokens", "tokens-state", (event) => {
    text.textContent += event.data;
  });
}

document.getElementById("tokens-again").addEventListener("click", ask);
ask();

/** Adds a line and keeps the newest in sight. Text only: what others write is not markup. */
function addLine(listId, ...texts) {
  const line = document.createElement("li");
  for (const text of texts) {
    line.append(Object.assign(document.createElement("span"), { textContent: text }));
  }
  const list = document.getElementById(listId);
  list.append(line);
  list.scrollTop = list.scrollHeight;
}

function showGap(text) {
  const gap = document.getElementById("live-gap");
  gap.textContent = text;
  gap.hidden = false;
}

const reasons = {
  expired: "you were away for longer than the server remembers",
  restarted: "the server was restarted",
  unknown: "the server does not know where you were",
};

open("events/live", "live-state", null, {
  "chat": (line) => addLine("chat", line.name, line.text),
  "notification": (notification) =>
    addLine("notifications", new Date(notification.at).toLocaleTimeString(), notification.text),
  "sse-gap": ({ reason }) => showGap(`Something may be missing here: ${reasons[reason]}.`),
  "sse-lag": ({ missed }) => showGap(`You missed ${missed}.`),
});

/** Posts a form as JSON, and clears its last field. */
function post(formId, path, read) {
  document.getElementById(formId).addEventListener("submit", async (event) => {
    event.preventDefault();
    await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(read()),
    });
    event.target.querySelector("input:last-of-type").value = "";
  });
}

const value = (id) => document.getElementById(id).value;
post("chat-form", "chat", () => ({ name: value("chat-name"), text: value("chat-text") }));
post("notify-form", "notifications", () => ({ text: value("notify-text") }));
