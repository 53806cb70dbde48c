// What every page has: htmx, its server-sent events, and the behaviour of buttons that
// copy. Pages work without it, except for what is live.
import "./htmx";
import "htmx.org/dist/ext/hx-sse.js";

// rowsKept is how many rows a live table keeps.
const rowsKept = 200;

document.addEventListener("click", async (event) => {
  const button = (event.target as Element).closest<HTMLButtonElement>("button[data-copy]");
  if (!button) return;
  const said = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy ?? "");
    button.textContent = "Copied";
  } catch {
    button.textContent = "Select it";
  }
  setTimeout(() => (button.textContent = said), 1500);
});

// A live table stays short, and its sentence about being empty goes with its first row.
document.addEventListener("htmx:sse:after:message", (event) => {
  const table = event.target as Element;
  while (table.children.length > rowsKept) table.lastElementChild?.remove();
  table.closest("main")?.querySelector(".empty")?.remove();
});

// A part of a page is read out where it was put: the heading says what is new.
document.addEventListener("htmx:after:swap", () => {
  document.title = (document.querySelector("main h1")?.textContent ?? "Understudy") + " · Understudy";
});
