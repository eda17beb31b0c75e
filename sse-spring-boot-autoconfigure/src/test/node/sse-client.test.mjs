// The browser client on Node, against a server that answers as each test says: node --test
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SseClient } from "../../main/resources/io/github/sse4spring/webflux/sse-client.js";

let server;
let url;
/** What is done with the next requests, in turn; the last one again and again. */
let answers;
let requests;
let clients;

beforeEach(async () => {
  requests = [];
  clients = [];
  server = createServer((request, response) => {
    requests.push(request);
    (answers.length > 1 ? answers.shift() : answers[0])(response, request);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${server.address().port}/events`;
});

afterEach(() => {
  clients.forEach((client) => client.close());
  server.closeAllConnections();
  server.close();
});

/** Answer with a stream of this text, and leave it open. */
const stream = (text) => (response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream;charset=UTF-8" });
  response.write("retry:1\n\n" + text);
};

/** Answer with a stream of this text, and end it. */
const finish = (text) => (response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream;charset=UTF-8" });
  response.end("retry:1\n\n" + text);
};

const status = (code, headers = {}) => (response) => response.writeHead(code, headers).end();

const open = (options) => {
  const client = new SseClient(url, { maxRetry: 5, ...options });
  clients.push(client);
  return client;
};

const until = async (condition) => {
  while (!condition()) await sleep(1);
};

const lastEventIds = () => requests.map((request) => request.headers["last-event-id"]);

const collect = (names = ["message"]) => {
  const seen = [];
  return { seen, on: Object.fromEntries(names.map((name) => [name, (event) => seen.push(event)])) };
};

const parsed = async (chunks) => {
  const { seen, on } = collect(["message", "a", "done"]);
  answers = [async (response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const chunk of chunks) {
      response.write(chunk);
      await new Promise(setImmediate);
    }
    response.write("\n\nevent:done\ndata:\n\n");
  }];
  const client = open({ on });
  await until(() => seen.at(-1)?.name === "done");
  client.close();
  return seen.slice(0, -1).map(({ name, data, id }) => [name, data, id]);
};

test("fields are read as the specification says", async () => {
  const cases = {
    "data:x\n\n": [["message", "x", ""]],
    "data: x\n\n": [["message", "x", ""]],
    "data:  x\n\n": [["message", " x", ""]],
    "data:\tx\n\n": [["message", "\tx", ""]],
    "data\n\n": [["message", "", ""]],
    "data\ndata\n\n": [["message", "\n", ""]],
    "data:a\ndata:b\ndata:\n\n": [["message", "a\nb\n", ""]],
    "data:a\r\ndata:b\r\n\r\n": [["message", "a\nb", ""]],
    "data:a\rdata:b\r\rdata:c\r\r": [["message", "a\nb", ""], ["message", "c", ""]],
    ":comment\ndata:x\n:\n\n": [["message", "x", ""]],
    "event:a\ndata:x\n\ndata:y\n\n": [["a", "x", ""], ["message", "y", ""]],
    "event:a\nevent:\ndata:x\n\n": [["message", "x", ""]],
    "event:a\n\ndata:x\n\n": [["message", "x", ""]],
    "id:1\ndata:x\n\ndata:y\n\nid\ndata:z\n\n": [["message", "x", "1"], ["message", "y", "1"], ["message", "z", ""]],
    "id:1\n\ndata:x\n\n": [["message", "x", "1"]],
    "id:1\nid:2\0\ndata:x\n\n": [["message", "x", "1"]],
    "Data:x\nfoo:y\ndata:z\n\n": [["message", "z", ""]],
    "\uFEFFdata:x\n\n": [["message", "x", ""]],
    "data:h\u00E9 \u{1F44B}\u2028\0\n\n": [["message", "h\u00E9 \u{1F44B}\u2028\0", ""]],
    "retry:x\nretry:-1\nretry\ndata:x\n\n": [["message", "x", ""]],
  };
  for (const [text, expected] of Object.entries(cases)) {
    const bytes = Buffer.from(text);
    assert.deepEqual(await parsed([bytes]), expected, JSON.stringify(text));
    assert.deepEqual(await parsed([...bytes].map((byte) => Buffer.of(byte))), expected, JSON.stringify(text) + " by bytes");
  }
});

test("a block that the connection cuts is not dispatched", async () => {
  const { seen, on } = collect();
  answers = [finish("id:1\ndata:whole\n\nid:2\ndata:cut\n"), stream("data:next\n\n")];
  open({ on });
  await until(() => seen.length === 2);
  assert.deepEqual(seen.map((event) => event.data), ["whole", "next"]);
  assert.deepEqual(lastEventIds(), [undefined, "1"]);
});

test("it comes back with the id of the last event, also of a block without data", async () => {
  answers = [finish("id:1\ndata:x\n\n"), finish("id:2\n\n"), finish("data:y\n\n"), stream("")];
  open();
  await until(() => requests.length === 4);
  assert.deepEqual(lastEventIds(), [undefined, "1", "2", "2"]);
});

test("it begins where it is told to", async () => {
  answers = [stream("")];
  const client = open({ lastEventId: "abc-7" });
  await until(() => requests.length === 1);
  assert.deepEqual(lastEventIds(), ["abc-7"]);
  assert.equal(requests[0].headers.accept, "text/event-stream");
  assert.equal(client.lastEventId, "abc-7");
});

test("the end of the stream stops it", async () => {
  const states = [];
  answers = [finish("data:x\n\nid:sse-end\n\n")];
  const client = open({ lastEventId: "7", onState: (state) => states.push(state) });
  await until(() => client.state === "ended");
  await sleep(20);
  assert.equal(requests.length, 1);
  assert.equal(client.lastEventId, "7");
  assert.deepEqual(states, ["open", "ended"]);
});

test("204 stops it", async () => {
  answers = [status(204)];
  const client = open();
  await until(() => client.state === "ended");
  await sleep(20);
  assert.equal(requests.length, 1);
});

test("any other status is told and followed by another try", async () => {
  const problems = [];
  const { seen, on } = collect();
  answers = [status(503), status(404), status(200, { "Content-Type": "text/html" }), (response) => response.destroy(),
    stream("data:x\n\n")];
  open({ on, onError: (problem) => problems.push(problem.status) });
  await until(() => seen.length === 1);
  assert.deepEqual(problems, [503, 404, 200, 0]);
});

test("Retry-After is kept", async () => {
  answers = [status(503, { "Retry-After": "3600" })];
  const client = open();
  await until(() => requests.length === 1);
  await sleep(50);
  assert.equal(requests.length, 1);
  assert.equal(client.state, "connecting");
});

test("headers are asked for anew before each request, and once more after a 401", async () => {
  const asked = [];
  answers = [finish(""), status(401), finish(""), status(401), status(401), stream("")];
  open({
    headers: async (refresh) => {
      asked.push(refresh);
      return { Authorization: "Bearer " + asked.length };
    },
  });
  await until(() => requests.length === 6);
  assert.deepEqual(asked, [false, false, true, false, true, false]);
  assert.deepEqual(requests.map((request) => request.headers.authorization),
    asked.map((refresh, i) => "Bearer " + (i + 1)));
});

test("a server that is silent for the stall timeout is left", async () => {
  const problems = [];
  answers = [stream("data:x\n\n"), stream("data:y\n\n")];
  open({ stallTimeout: 30, onError: (problem) => problems.push(problem.title) });
  await until(() => requests.length === 2);
  assert.equal(problems[0], "the server is silent");
});

test("a stall timeout of zero leaves no server", async () => {
  const { seen, on } = collect();
  answers = [async (response) => {
    stream("")(response);
    await sleep(100);
    response.write("data:x\n\n");
  }];
  open({ on, stallTimeout: 0 });
  await until(() => seen.length === 1);
  assert.equal(requests.length, 1);
});

test("bytes of any kind keep a connection", async () => {
  const { seen, on } = collect();
  answers = [async (response) => {
    stream("")(response);
    for (let i = 0; i < 20; i++) {
      await sleep(20);
      response.write(":\n\n");
    }
    response.write("data:x\n\n");
  }];
  open({ on, stallTimeout: 300 });
  await until(() => seen.length === 1);
  assert.equal(requests.length, 1);
});

test("while paused nothing is read, so that the server notices", async () => {
  const { seen, on } = collect();
  let response;
  const block = "data:" + "x".repeat(65536) + "\n\n";
  answers = [(theResponse) => {
    response = theResponse;
    stream("data:first\n\n")(response);
  }];
  const client = open({ on, stallTimeout: 500 });
  await until(() => seen.length === 1);
  client.pause();
  assert.equal(client.state, "paused");
  for (let i = 0; i < 300; i++) response.write(block);
  await sleep(600);
  assert.ok(response.writableLength > 0);
  assert.deepEqual(seen.map((event) => event.data.length), [5]);
  client.resume();
  await until(() => seen.length === 301);
  assert.equal(requests.length, 1);
  assert.equal(client.state, "open");
});

test("a client that is paused opens nothing", async () => {
  answers = [finish("")];
  const client = open();
  client.pause();
  await sleep(30);
  const before = requests.length;
  await sleep(30);
  assert.equal(requests.length, before);
  client.resume();
  await until(() => requests.length > before);
});

test("gaps, lag and errors are told apart from events", async () => {
  const told = [];
  const { seen, on } = collect(["message", "sse-gap"]);
  answers = [stream('id:e-3\nevent:sse-gap\ndata:{"reason":"expired"}\n\nevent:sse-lag\ndata:{"missed":42}\n\n'
    + 'event:sse-error\ndata:{"status":500,"title":"Internal Server Error"}\n\ndata:x\n\n')];
  const client = open({
    on,
    onGap: (gap) => told.push(gap.reason),
    onLag: (lag) => told.push(lag.missed),
    onError: (problem) => told.push(problem.status),
  });
  await until(() => seen.length === 1);
  assert.deepEqual(told, ["expired", 42, 500]);
  assert.equal(client.lastEventId, "e-3");
});

test("a client that is closed while it is paused stays closed", async () => {
  const states = [];
  const { seen, on } = collect();
  answers = [stream("data:x\n\n")];
  const client = open({ on, onState: (state) => states.push(state) });
  await until(() => seen.length === 1);
  client.pause();
  client.close();
  client.resume();
  client.close();
  await sleep(30);
  assert.equal(client.state, "closed");
  assert.deepEqual(states, ["open", "paused", "closed"]);
  assert.equal(requests.length, 1);
});

test("a notice that cannot be read and headers that fail do not end it", async (context) => {
  const logged = context.mock.method(console, "error", () => {});
  const { seen, on } = collect();
  const problems = [];
  let asked = 0;
  answers = [stream("event:sse-gap\ndata:nonsense\n\ndata:x\n\n")];
  open({
    on,
    onGap: () => {},
    onError: (problem) => problems.push(problem.title),
    headers: () => {
      if (asked++ === 0) throw new Error("no token");
      return {};
    },
  });
  await until(() => seen.length === 1);
  assert.deepEqual(problems, ["no token"]);
  assert.equal(requests.length, 1);
  assert.equal(logged.mock.callCount(), 1);
});

test("headers that never come are left like a silent server", async () => {
  const problems = [];
  answers = [stream("")];
  open({ stallTimeout: 20, headers: () => new Promise(() => {}), onError: (problem) => problems.push(problem.title) });
  await until(() => problems.length === 2);
  assert.deepEqual(problems, ["the server is silent", "the server is silent"]);
});

test("headers that fail with nothing are tried again", async () => {
  let asked = 0;
  answers = [stream("")];
  open({ headers: () => asked++ === 0 ? Promise.reject(null) : {} });
  await until(() => requests.length === 1);
});

test("events may have the name of anything, and ids any letter", async () => {
  const { seen, on } = collect(["toString", "constructor"]);
  answers = [finish("event:toString\ndata:x\n\nid:\u2026\nevent:constructor\ndata:y\n\n"), stream("")];
  open({ on });
  await until(() => requests.length === 2);
  assert.deepEqual(seen.map((event) => event.data), ["x", "y"]);
  assert.equal(Buffer.from(lastEventIds()[1], "latin1").toString(), "\u2026");
});

test("a wait that no timer can hold is a long wait", async () => {
  answers = [status(503, { "Retry-After": "99999999" })];
  open();
  await sleep(100);
  assert.equal(requests.length, 1);
});

test("a listener that throws harms nobody else", async (context) => {
  const logged = context.mock.method(console, "error", () => {});
  const seen = [];
  answers = [stream("data:x\n\ndata:y\n\n")];
  open({
    on: {
      message: (event) => {
        seen.push(event.data);
        throw new Error("listener");
      },
    },
  });
  await until(() => seen.length === 2);
  assert.equal(logged.mock.callCount(), 2);
});

test("close ends it for good", async () => {
  let gone = false;
  answers = [(response) => {
    stream("data:x\n\n")(response);
    response.on("close", () => gone = true);
  }];
  const { seen, on } = collect();
  const client = open({ on });
  await until(() => seen.length === 1);
  client.close();
  await until(() => gone);
  await sleep(20);
  assert.equal(requests.length, 1);
  assert.equal(client.state, "closed");
});

/** The Web Locks that Node does not have. */
function provideLocks() {
  const queues = new Map();
  const locks = {
    async request(name, { signal }, whileHeld) {
      const before = queues.get(name) ?? Promise.resolve();
      const held = before.then(() => signal.aborted ? undefined : whileHeld());
      queues.set(name, held);
      return held;
    },
  };
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
}

test("tabs share one stream, and the next one goes on where the first has left", async () => {
  provideLocks();
  const one = collect();
  const two = collect();
  const late = collect();
  answers = [stream("id:1\ndata:a\n\n"), stream("id:2\ndata:b\n\nid:3\ndata:c\n\n")];
  const options = { shared: "tabs", keep: 10 };
  const first = open({ ...options, on: one.on });
  await until(() => one.seen.length === 1);
  const second = open({ ...options, on: two.on });
  await until(() => two.seen.length === 1);
  assert.equal(second.state, "open");
  assert.equal(requests.length, 1);
  assert.throws(() => second.pause(), /shared/);

  first.close();
  await until(() => two.seen.length === 3);
  assert.deepEqual(lastEventIds(), [undefined, "1"]);
  open({ ...options, on: late.on });
  await until(() => late.seen.length === 3);
  assert.deepEqual(late.seen.map((event) => event.data), ["a", "b", "c"]);
  assert.deepEqual(one.seen.length, 1);
  assert.equal(requests.length, 2);
});

test("a tab that has got more than the new leader gets nothing twice", async () => {
  provideLocks();
  const { seen, on } = collect();
  let first;
  answers = [(response) => {
    first = response;
    stream("id:1\ndata:a\n\n")(response);
  }, stream("id:1\n\nid:2\ndata:b\n\nid:3\ndata:c\n\n")];
  const leader = open({ shared: "ahead" });
  await until(() => leader.lastEventId === "1");
  const behind = open({ shared: "ahead" });
  await until(() => behind.lastEventId === "1");
  const ahead = open({ shared: "ahead", on });
  await until(() => ahead.lastEventId === "1");
  // What the old leader said last reaches one tab before the lock passes, and the other one after.
  const other = new BroadcastChannel("sse:ahead");
  leader.close();
  await until(() => requests.length === 2);
  other.postMessage({ leaderAt: "0" });
  await until(() => seen.length === 2);
  other.close();
  first.end();
  assert.deepEqual(seen.map((event) => event.data), ["b", "c"]);
});

test("the end of a shared stream is that of all tabs", async () => {
  provideLocks();
  answers = [(response) => {
    stream("id:1\n\n")(response);
    setTimeout(() => response.write("id:sse-end\n\n"), 50);
  }];
  const first = open({ shared: "end" });
  await until(() => first.lastEventId === "1");
  const second = open({ shared: "end" });
  await until(() => second.state === "open");
  await until(() => first.state === "ended" && second.state === "ended");
  assert.equal(requests.length, 1);
});
