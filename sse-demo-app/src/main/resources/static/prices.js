// Uses sse-client.js: fetch can stop reading, and EventSource cannot.
import { SseClient } from "./sse-client.js";
import { closeOnLeave, element, showState } from "./page.js";

const SHOWN = 12;

let client;
let books;

function open(onLag) {
  client?.close();
  books = { received: 0, missed: 0, gaps: 0, first: undefined, last: undefined };
  element("missed").hidden = true;
  client = new SseClient(`events/prices?onLag=${onLag}`, {
    on: { prices: (event) => take(JSON.parse(event.data)) },
    onLag: ({ missed }) => {
      books.missed += missed;
      say(`You missed ${missed}.`);
    },
    onGap: ({ reason }) => {
      books.gaps++;
      say(`Something is missing here (${reason}): this tab was away for longer than the server remembers.`);
    },
    onState: (state) => showState("prices-state", state),
  });
}

closeOnLeave({ close: () => client.close() });

function take(board) {
  books.received++;
  books.first ??= board.number;
  books.last = board.number;
  books.cents = board.cents;
}

function say(text) {
  element("missed").textContent = text;
  element("missed").hidden = false;
}

function show() {
  if (books.first !== undefined) {
    const published = books.last - books.first + 1;
    const complete = books.received + books.missed === published;
    element("received").textContent = books.received;
    element("missed-sum").textContent = books.missed;
    element("published").textContent = published;
    element("books").textContent = complete ? "received + missed = published"
      : books.gaps ? "a gap was told" : "the books do not balance";
    element("board").replaceChildren(...books.cents.slice(0, SHOWN).map((cents, i) =>
      Object.assign(document.createElement("li"), { textContent: `S${i + 1} ${(cents / 100).toFixed(2)}` })));
  }
  requestAnimationFrame(show);
}

element("pause").addEventListener("click", ({ currentTarget: button }) => {
  const paused = button.getAttribute("aria-pressed") !== "true";
  paused ? client.pause() : client.resume();
  button.setAttribute("aria-pressed", paused);
  button.textContent = paused ? "Go on" : "Pause";
});

for (const choice of document.getElementsByName("on-lag")) {
  choice.addEventListener("change", () => {
    if (element("pause").getAttribute("aria-pressed") === "true") element("pause").click();
    open(choice.value);
  });
}

open(document.querySelector("[name=on-lag]:checked").value);
show();
