// Counter and tokens use plain EventSource: reading a stream needs no library.
import { SseClient } from "./sse-client.js";
import { closeOnLeave, element, showState } from "./page.js";

const names = ["connecting", "open", "closed"];

/**
 * Opens a stream and shows its state, including states that the browser enters by itself.
 */
function open(path, stateId, onMessage) {
  const source = new EventSource(path);
  const show = () => showState(stateId, names[source.readyState]);
  source.onopen = show;
  source.onerror = show;
  source.onmessage = onMessage;
  show();
  closeOnLeave(source);
  return source;
}

open("events/counter", "counter-state", (event) => {
  element("counter").textContent = event.data;
  element("counter-id").textContent = event.lastEventId;
});

let answer;

function ask() {
  answer?.close();
  const text = element("tokens");
  text.textContent = "";
  answer = open("events/tokens", "tokens-state", (event) => {
    text.textContent += event.data;
  });
}

element("tokens-again").addEventListener("click", ask);
ask();

/**
 * Adds a line and scrolls to it. The line is added as text, since markup of other users must not run.
 */
function addLine(listId, ...texts) {
  const line = document.createElement("li");
  for (const text of texts) {
    line.append(Object.assign(document.createElement("span"), { textContent: text }));
  }
  const list = element(listId);
  list.append(line);
  list.scrollTop = list.scrollHeight;
}

function showGap(text) {
  const gap = element("live-gap");
  gap.textContent = text;
  gap.hidden = false;
}

const reasons = {
  expired: "you were away for longer than the server remembers",
  restarted: "the server was restarted",
  unknown: "the server does not know where you were",
};

const parsed = (listener) => (event) => listener(JSON.parse(event.data));

// All tabs of this browser share one stream. A new tab receives the latest events from
// the tab that leads.
closeOnLeave(new SseClient("events/live", {
  shared: "live",
  keep: 40,
  on: {
    chat: parsed((line) => addLine("chat", line.name, line.text)),
    notification: parsed((notification) =>
      addLine("notifications", new Date(notification.at).toLocaleTimeString(), notification.text)),
  },
  onGap: ({ reason }) => showGap(`Something may be missing here: ${reasons[reason]}.`),
  onLag: ({ missed }) => showGap(`You missed ${missed}.`),
  onState: (state) => showState("live-state", state),
}));

/** Posts a form as JSON, and clears its last field if the server accepts it. */
function post(formId, path, read) {
  element(formId).addEventListener("submit", async (event) => {
    event.preventDefault();
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(read()),
    }).catch(() => undefined);
    if (response?.ok) event.target.querySelector("input:last-of-type").value = "";
    element(`${formId}-problem`).hidden = Boolean(response?.ok);
  });
}

const value = (id) => element(id).value;
post("chat-form", "chat", () => ({ name: value("chat-name"), text: value("chat-text") }));
post("notify-form", "notifications", () => ({ text: value("notify-text") }));

element("counter-url").textContent = new URL("events/counter", document.baseURI).href;
