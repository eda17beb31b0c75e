// What all pages share.

export const element = (id) => document.getElementById(id);

/**
 * Closes a source when its page is left. Browsers keep pages that were left, to go back to, and their connections with
 * them, of which there are six.
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
