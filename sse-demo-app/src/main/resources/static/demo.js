// Plain EventSource: no library is needed to read a stream.

const names = ["connecting", "open", "closed"];

/** Opens a stream and shows its state, also the one it enters by itself. */
function open(path, stateId, onMessage) {
  const source = new EventSource(path);
  const badge = document.getElementById(stateId);
  const showState = () => {
    badge.dataset.state = names[source.readyState];
    badge.textContent = names[source.readyState];
  };
  source.onopen = showState;
  source.onerror = showState;
  source.onmessage = onMessage;
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
