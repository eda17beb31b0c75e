// A server of the fan-out: streams at /events, and publishes on a request to /publish.
import { createServer } from "node:http";

import { createChannel, createSession } from "better-sse";

const DIGITS = 16;
const FIRST = 1_000_000_000_000_000;

const channel = createChannel();
// As on all servers, a text is written unchanged and not as a JSON string.
const serializer = (data) => (typeof data === "string" ? data : JSON.stringify(data));

const micros = () => Math.floor((performance.timeOrigin + performance.now()) * 1000);
const digits = (number) => String(number).padStart(DIGITS, "0");
const text = (number) => "#" + digits(number) + digits(micros()) + "x".repeat(118);
const update = (number) => ({ number: FIRST + number, time: micros(), words: "x".repeat(89) });

function publish(rate, count, seconds, data) {
	const start = performance.now();
	let next = 0;
	const turn = () => {
		const elapsed = performance.now() - start;
		// Broadcast only the events that are due now: the rest of the turn is for writing.
		const due = Math.min(count, Math.floor((elapsed * rate) / 1000) + 1);
		for (; next < due; next++) {
			channel.broadcast(data(next), "message", { eventId: digits(next) });
		}
		if (next < count && elapsed < seconds * 1000) {
			setTimeout(turn, 1);
		}
	};
	turn();
}

const server = createServer(async (request, response) => {
	const url = new URL(request.url, "http://localhost");
	if (url.pathname === "/events") {
		channel.register(await createSession(request, response, { serializer }));
		return;
	}
	const number = (name) => Number(url.searchParams.get(name));
	publish(number("rate"), number("count"), number("seconds"), url.searchParams.get("payload") === "JSON" ? update : text);
	response.end("ok");
});
server.listen(0, "127.0.0.1", 4096, () => console.log("port " + server.address().port));
