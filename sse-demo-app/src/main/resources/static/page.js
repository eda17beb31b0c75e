// Shared by all pages.

export const element = (id) => document.getElementById(id);

/**
 * Closes a source when the user leaves its page. Browsers keep such a page, with its connections, for the back button. A
 * browser opens at most six connections to a host.
 */
export function closeOnLeave(source) {
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

/** Shows the state of a stream in its badge. */
export function showState(id, state) {
  const badge = element(id);
  badge.dataset.state = state;
  badge.textContent = state;
}
