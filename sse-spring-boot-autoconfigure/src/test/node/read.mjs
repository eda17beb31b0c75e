// Prints the data of each message of an event stream as a line of JSON: node read.mjs <eventsource|undici> <url>
const [, , client, url] = process.argv;
const { EventSource } = await import(client);
const source = new EventSource(url);
source.onmessage = (event) => console.log(JSON.stringify(event.data));
// undici would let the process end while it waits to reconnect.
setInterval(() => {}, 1000);
