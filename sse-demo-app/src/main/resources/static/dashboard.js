import { SseClient } from "./sse-client.js";
import { closeOnLeave, element, showState } from "./page.js";

const MINUTE = 60;

const history = [];

closeOnLeave(new SseClient("events/dashboard", {
  on: { status: (event) => show(JSON.parse(event.data)) },
  onState: (state) => showState("dashboard-state", state),
}));

function show(status) {
  history.push(status);
  if (history.length > MINUTE) history.shift();
  element("connections").textContent = status.connections;
  element("subscribers").textContent = status.subscribers;
  element("throughput").textContent = status.eventsPerSecond.toLocaleString("en");
  element("missed").textContent = status.missed.toLocaleString("en");
  element("retained").textContent = `${(status.retainedBytes / 1024).toFixed(0)} KB`;
  plot("connections-plot", history.map((each) => each.connections));
  plot("throughput-plot", history.map((each) => each.eventsPerSecond));
  rows("slowest", status.slowest, (each) => [each.id, each.topics, each.unwritable ? `${each.lag}, not reading` : each.lag]);
  rows("closed", status.closed, (each) => [each.id, each.reason, each.events, `${each.seconds} s`]);
}

/** Draws one line from the oldest to the newest value, and labels the largest value. */
function plot(id, values) {
  const svg = element(id);
  const largest = Math.max(1, ...values);
  const x = (i) => 40 + 255 * (MINUTE - values.length + i) / (MINUTE - 1);
  const y = (value) => 55 - 50 * value / largest;
  const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  svg.querySelector("polyline").setAttribute("points", points);
  svg.querySelector("text").textContent = largest.toLocaleString("en");
}

function rows(id, all, cells) {
  element(id).replaceChildren(...all.map((each) => {
    const row = document.createElement("tr");
    row.append(...cells(each).map((text) => Object.assign(document.createElement("td"), { textContent: text })));
    return row;
  }));
}
