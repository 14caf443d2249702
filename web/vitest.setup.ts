/** What every test starts from: matchers that read like sentences, and an empty document after each. */
import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

configure({ asyncUtilTimeout: 10_000 });

// jsdom draws no dialogs; that one is open is all a test needs to see.
HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true;
};
HTMLDialogElement.prototype.close = function close() {
  this.open = false;
  this.dispatchEvent(new Event("close"));
};

// Nor has it a top layer: a panel is there or not, and its button opens it.
HTMLElement.prototype.showPopover = function showPopover() {
  toggle(this, "open");
};
HTMLElement.prototype.hidePopover = function hidePopover() {
  toggle(this, "closed");
};
document.addEventListener("click", ({ target }) => {
  const opener = target instanceof Element ? target.closest("[popovertarget]") : null;
  const panel = document.getElementById(opener?.getAttribute("popovertarget") ?? "");
  if (panel) toggle(panel, panel.dataset["state"] === "open" ? "closed" : "open");
});

function toggle(panel: HTMLElement, newState: "open" | "closed"): void {
  panel.dataset["state"] = newState;
  for (const name of ["beforetoggle", "toggle"]) panel.dispatchEvent(Object.assign(new Event(name), { newState }));
}

// A window of a desk: wide enough for the inspector, without motion.
window.scrollTo = () => undefined;
window.matchMedia = (query) =>
  Object.assign(new EventTarget(), { matches: query.includes("width >=") || query.includes("reduce"), media: query }) as MediaQueryList;

afterEach(() => {
  cleanup();
  localStorage.clear();
});
