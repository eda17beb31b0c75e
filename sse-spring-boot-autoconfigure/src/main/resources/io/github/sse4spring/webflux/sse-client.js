// @ts-check
/**
 * Reads an event stream with fetch, for what EventSource cannot do: headers, coming back after any status,
 * noticing a connection that is dead, pausing, and one stream for all tabs.
 *
 *     const client = new SseClient("events/orders", {
 *       on: { order: (event) => show(JSON.parse(event.data)) },
 *       onGap: ({ reason }) => reload(reason),
 *     });
 *
 * It reconnects by itself, with the id of the last event, until the server says that the stream has ended or
 * close() is called.
 *
 * @typedef {{name: string, data: string, id: string}} SseEvent the name of an unnamed event is "message"
 * @typedef {"connecting" | "open" | "paused" | "ended" | "closed"} SseState
 * @typedef {{status: number, title: string}} SseProblem status 0: the server was not reached, or is silent
 *
 * @typedef {object} SseOptions
 * @property {Record<string, (event: SseEvent) => void>} [on] listeners by the name of the event
 * @property {(gap: {reason: string}) => void} [onGap] something may be missing before the next event
 * @property {(lag: {missed: number}) => void} [onLag] this client was too slow, and missed so many events
 * @property {(problem: SseProblem) => void} [onError] what went wrong; the client comes back unless it is closed
 * @property {(state: SseState) => void} [onState] the state has changed
 * @property {HeadersInit | ((refresh: boolean) => HeadersInit | Promise<HeadersInit>)} [headers] headers of each
 *     request; a function is asked before each, and once more with true after a 401, for a new token
 * @property {RequestCredentials} [credentials] as for fetch: "same-origin" unless given
 * @property {string} [lastEventId] where to begin
 * @property {number} [stallTimeout] milliseconds without any bytes after which the connection counts as dead: 40000
 *     unless given, which is above twice the server's keep-alive; 0: never
 * @property {number} [maxRetry] milliseconds that it waits at the most after failures, unless the server says longer
 *     with Retry-After: 30000 unless given
 * @property {string} [shared] a name: all tabs of this origin that give it share one stream, where the browser can
 * @property {number} [keep] how many events a tab that joins a shared stream is handed by the tab that leads: 0
 *     unless given
 *
 * @typedef {{name?: string, data?: string, id?: string, retry?: number}} Block
 * @typedef {{block?: Block, state?: SseState, problem?: SseProblem}} Signal
 */

/** @type {Record<string, "onGap" | "onLag" | "onError">} */
const NOTICES = { "sse-gap": "onGap", "sse-lag": "onLag", "sse-error": "onError" };

/** Milliseconds between two connections, whatever the server says. */
const LEAST_WAIT = 100;

/** What a timer can hold; more would end it at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The last id of a stream that is over. */
const END = "sse-end";

/** Turns text, cut anywhere, into blocks: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
class Parser {
  #rest = "";
  #afterCr = false;
  /** @type {Block} */
  #block = {};

  /** @param {(block: Block) => void} onBlock */
  constructor(onBlock) {
    this.onBlock = onBlock;
  }

  /** @param {string} text */
  push(text) {
    if (text === "") return;
    const lines = (this.#afterCr && text[0] === "\n" ? text.slice(1) : text).split(/\r\n|\r|\n/);
    this.#afterCr = text.endsWith("\r");
    lines[0] = this.#rest + lines[0];
    this.#rest = lines.pop() ?? "";
    lines.forEach((line) => this.#line(line));
  }

  /** @param {string} line */
  #line(line) {
    if (line === "") {
      if (Object.keys(this.#block).length > 0) this.onBlock(this.#block);
      this.#block = {};
      return;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") this.#block.data = this.#block.data === undefined ? value : this.#block.data + "\n" + value;
    else if (field === "event") this.#block.name = value;
    else if (field === "id" && !value.includes("\0")) this.#block.id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.#block.retry = Number(value);
  }
}

export class SseClient {
  /** @type {SseOptions} */
  #options;
  #url;
  /** @type {SseState} */
  #state = "connecting";
  #lastEventId;
  #retry = 3000;
  #failures = 0;
  #connected = false;
  #closing = new AbortController();
  /** @type {Promise<void> | undefined} */
  #pause;
  #resume = () => {};
  #watch = () => {};
  /** @type {Sharing | undefined} */
  #sharing;

  /**
   * Opens the stream.
   * @param {string | URL} url
   * @param {SseOptions} [options]
   */
  constructor(url, options = {}) {
    this.#url = url;
    this.#options = options;
    this.#lastEventId = options.lastEventId ?? "";
    const canShare = options.shared && globalThis.BroadcastChannel && globalThis.navigator?.locks;
    if (canShare) this.#sharing = new Sharing(options.shared ?? "", options.keep ?? 0, this.#closing.signal,
      {
      lead: () => this.#run(),
      take: (signal) => this.#take(signal),
      now: () => ({ block: { id: this.#lastEventId }, state: this.#state }),
    });
    else this.#run();
  }

  get state() {
    return this.#state;
  }

  /** The id to resume after. */
  get lastEventId() {
    return this.#lastEventId;
  }

  /** Stop reading, until resume(): the server then treats this client as a slow one. */
  pause() {
    if (this.#sharing) throw new Error("A shared stream cannot be paused: other tabs read it");
    if (this.#pause || this.#closing.signal.aborted) return;
    this.#pause = new Promise((resume) => this.#resume = resume);
    this.#watch();
    this.#take({ state: "paused" });
  }

  resume() {
    if (!this.#pause) return;
    this.#pause = undefined;
    this.#take({ state: this.#connected ? "open" : "connecting" });
    this.#resume();
    this.#watch();
  }

  /** Leave the stream for good. */
  close() {
    if (!this.#closing.signal.aborted) this.#end("closed");
  }

  /** @param {SseState} state */
  #end(state) {
    this.#resume();
    this.#take({ state });
    this.#closing.abort();
  }

  async #run() {
    while (!this.#closing.signal.aborted) {
      while (this.#pause) await this.#pause;
      if (this.#closing.signal.aborted) return;
      this.#tell({ state: "connecting" });
      /** @type {number | undefined} */
      let wait;
      try {
        await this.#read();
      } catch (/** @type {any} */ error) {
        if (this.#closing.signal.aborted) return;
        // Twice as long after each failure, and never all clients at once.
        const longest = this.#options.maxRetry ?? 30000;
        wait = Math.min(longest, this.#retry * 2 ** this.#failures++) * (0.5 + Math.random() / 2);
        wait = Math.max(wait, error?.retryAfter ?? 0);
        this.#tell({ problem: { status: error?.status ?? 0, title: error?.message ?? String(error) } });
      }
      await sleep(wait ?? Math.max(this.#retry, LEAST_WAIT), this.#closing.signal);
    }
  }

  /** One connection, to its end. */
  async #read() {
    const attempt = new AbortController();
    const abort = () => attempt.abort(new Error("closed"));
    this.#closing.signal.addEventListener("abort", abort);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    this.#watch = () => {
      clearTimeout(timer);
      const silent = () => attempt.abort(new Error("the server is silent"));
      const stallTimeout = this.#options.stallTimeout ?? 40000;
      if (!this.#pause && stallTimeout > 0) timer = setTimeout(silent, Math.min(stallTimeout, LONGEST_TIMER));
    };
    try {
      this.#watch();
      const response = await this.#request(attempt.signal);
      if (response.status === 204) return this.#tell({ state: "ended" });
      const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
      const decoder = new TextDecoder();
      const parser = new Parser((block) => {
        if (block.data !== undefined || block.id !== undefined) this.#failures = 0;
        this.#tell({ block });
      });
      this.#connected = true;
      this.#tell({ state: this.#pause ? "paused" : "open" });
      while (!this.#closing.signal.aborted) {
        const { done, value } = await reader.read();
        this.#watch();
        while (this.#pause) await this.#pause;
        if (done) return;
        parser.push(decoder.decode(value, { stream: true }));
      }
    } finally {
      this.#connected = false;
      clearTimeout(timer);
      this.#watch = () => {};
      this.#closing.signal.removeEventListener("abort", abort);
      attempt.abort();
    }
  }

  /** @param {AbortSignal} signal */
  async #request(signal) {
    let response = await this.#fetch(false, signal);
    if (response.status === 401 && typeof this.#options.headers === "function") {
      await response.body?.cancel();
      response = await this.#fetch(true, signal);
    }
    const isStream = response.headers.get("Content-Type")?.startsWith("text/event-stream");
    if (response.status !== 204 && !(response.status === 200 && isStream)) {
      const title = response.status === 200 ? "not an event stream" : response.statusText;
      const retryAfter = 1000 * Number(response.headers.get("Retry-After") ?? 0) || 0;
      throw Object.assign(new Error(title), { status: response.status, retryAfter });
    }
    return response;
  }

  /**
   * @param {boolean} refresh
   * @param {AbortSignal} signal
   */
  async #fetch(refresh, signal) {
    const given = this.#options.headers;
    const headers = new Headers(typeof given === "function" ? await unlessAborted(given(refresh), signal) : given);
    headers.set("Accept", "text/event-stream");
    if (this.#lastEventId) headers.set("Last-Event-ID", asBytes(this.#lastEventId));
    return fetch(this.#url, { headers, signal, cache: "no-store", credentials: this.#options.credentials });
  }

  /** Take what the connection of this tab has brought, after telling it to the other tabs. @param {Signal} signal */
  #tell(signal) {
    this.#sharing?.tell(signal);
    this.#take(signal);
  }

  /** @param {Signal} signal */
  #take({ block, state, problem }) {
    if (this.#state === "ended" || this.#state === "closed") return;
    if (problem) this.#call(this.#options.onError, problem);
    if (state && state !== this.#state) {
      this.#state = state;
      this.#call(this.#options.onState, state);
      if (state === "ended") this.#closing.abort();
    }
    if (!block || this.#closing.signal.aborted) return;
    if (block.retry !== undefined) this.#retry = block.retry;
    if (block.id === END) return this.#end("ended");
    if (block.id !== undefined) this.#lastEventId = block.id;
    if (block.data === undefined) return;
    const name = block.name || "message";
    if (Object.hasOwn(NOTICES, name)) this.#call((data) => this.#options[NOTICES[name]]?.(JSON.parse(data)), block.data);
    else this.#call(this.#options.on?.[name], { name, data: block.data, id: this.#lastEventId });
  }

  /** A listener that throws harms nobody else. @param {((argument: any) => void) | undefined} listener @param {any} argument */
  #call(listener, argument) {
    try {
      listener?.(argument);
    } catch (error) {
      console.error(error);
    }
  }
}

/** As UTF-8, which is what EventSource sends; a header holds bytes only. @param {string} text */
function asBytes(text) {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** @template T @param {T | Promise<T>} value @param {AbortSignal} signal @returns {Promise<T>} */
function unlessAborted(value, signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    Promise.resolve(value).then(resolve, reject);
  });
}

/** Until the time is over or the signal aborts. @param {number} millis @param {AbortSignal} signal */
async function sleep(millis, signal) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let wake = () => {};
  await /** @type {Promise<void>} */ (new Promise((resolve) => {
    wake = resolve;
    timer = setTimeout(resolve, signal.aborted ? 0 : Math.min(millis, LONGEST_TIMER));
    signal.addEventListener("abort", wake);
  }));
  clearTimeout(timer);
  signal.removeEventListener("abort", wake);
}

/**
 * One stream for the tabs of an origin. The tab that holds a lock leads: it reads the stream and tells the others
 * what comes. When it goes, the lock and so the lead pass to another, which resumes after what it has got.
 */
class Sharing {
  #channel;
  #tab = crypto.randomUUID();
  #leads = false;
  #joined = false;
  /** The id up to which a new leader repeats what this tab has got already. @type {string | undefined} */
  #repeatedUpTo;
  /** @type {Signal[]} */
  #kept = [];
  #keep;
  #client;

  /**
   * @param {string} name
   * @param {number} keep
   * @param {AbortSignal} closing
   * @param {{lead: () => void, take: (signal: Signal) => void, now: () => Signal}} client
   */
  constructor(name, keep, closing, client) {
    this.#keep = keep;
    this.#client = client;
    this.#channel = new BroadcastChannel("sse:" + name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#channel.postMessage({ hello: this.#tab });
    closing.addEventListener("abort", () => this.#channel.close());
    const lead = () => new Promise((resolve) => {
      // Whoever leads next must have heard that the stream has ended, or it would open it again.
      closing.addEventListener("abort", () => setTimeout(resolve, client.now().state === "ended" ? 1000 : 0));
      this.#lead();
    });
    navigator.locks.request("sse:" + name, { signal: closing }, lead).catch(() => {});
  }

  #lead() {
    this.#leads = true;
    this.#channel.postMessage({ leaderAt: this.#position() });
    this.#client.lead();
  }

  /** @param {Signal} signal */
  tell(signal) {
    this.#channel.postMessage({ signal });
    this.#keepSome(signal);
  }

  /** @param {Signal} signal */
  #keepSome(signal) {
    if (signal.block?.data !== undefined) this.#kept.push(signal);
    if (this.#kept.length > this.#keep) this.#kept.shift();
  }

  /** @param {{hello?: string, welcome?: string, leaderAt?: string, signals?: Signal[], signal?: Signal}} said */
  #hear({ hello, welcome, leaderAt, signals, signal }) {
    if (this.#leads) {
      if (hello) this.#channel.postMessage({ welcome: hello, signals: [...this.#kept, this.#client.now()] });
    } else if (welcome === this.#tab && !this.#joined) {
      this.#joined = true;
      signals?.forEach((each) => this.#take(each));
    } else if (leaderAt !== undefined) {
      if (!this.#joined) this.#channel.postMessage({ hello: this.#tab });
      else if (leaderAt !== this.#position()) this.#repeatedUpTo = this.#position() || undefined;
    } else if (signal && this.#joined) {
      this.#take(signal);
    }
  }

  #position() {
    return this.#client.now().block?.id;
  }

  /** @param {Signal} signal */
  #take(signal) {
    if (signal.block && this.#repeats(signal.block)) return;
    this.#keepSome(signal);
    this.#client.take(signal);
  }

  /** Whether a new leader repeats what this tab has got already. @param {Block} block */
  #repeats({ id, name = "" }) {
    const repeats = this.#repeatedUpTo !== undefined && !Object.hasOwn(NOTICES, name);
    if (!repeats || id === this.#repeatedUpTo) this.#repeatedUpTo = undefined;
    return repeats;
  }
}
