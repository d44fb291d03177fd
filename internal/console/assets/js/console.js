// What every page does beside htmx: the side bar on a phone, menus that close,
// shortcuts. Pages work without it.

const button = document.querySelector("[data-menu]");
const side = button && document.getElementById(button.dataset.menu);

function toggleSide(open) {
  side.toggleAttribute("data-open", open);
  button.setAttribute("aria-expanded", String(open));
  if (open) side.querySelector("a").focus();
}

button?.addEventListener("click", () => toggleSide(!side.hasAttribute("data-open")));

document.addEventListener("click", (e) => {
  for (const menu of document.querySelectorAll("details[data-menu-box][open]")) {
    if (!menu.contains(e.target)) menu.open = false;
  }
  if (side?.hasAttribute("data-open") && !side.contains(e.target) && !button.contains(e.target)) toggleSide(false);
});

document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu-box][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  if (side?.hasAttribute("data-open")) {
    toggleSide(false);
    button.focus();
  }
});
