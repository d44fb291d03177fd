// What every page does beside htmx: the side bar on a phone, menus that close,
// parts that open when they are gone to, fields for files. Pages work without it.

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

// What an amount links to lies in a closed part of the page: open it, also when
// the same link is followed again.
function unfold() {
  const at = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const part = at && at.closest("details");
  if (part) part.open = true;
}
addEventListener("hashchange", unfold);
document.addEventListener("click", (e) => {
  if (e.target.closest('a[href^="#"]')) setTimeout(unfold);
});
unfold();

// A page that was fetched again, such as when its answer is there, stays where it
// stood. Where that is the top, it goes to what its address names.
if (location.hash && scrollY === 0 && performance.getEntriesByType("navigation")[0]?.type === "reload") {
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

// What a browser writes in a field for files is in the language of the browser: ours
// stands over it, and the field itself lies in front, unseen, to be clicked, dropped on
// and gone to by keys.
function dress(within) {
  for (const field of within.querySelectorAll('input[type="file"]:not(.pick input)')) {
    const { choose, none, some } = document.body.dataset;
    const box = Object.assign(document.createElement("span"), { className: "pick" });
    const [act, name] = ["button", "pick-name muted small"].map((className) => Object.assign(document.createElement("span"), { className, ariaHidden: "true" }));
    act.textContent = choose;
    const tell = () => (name.textContent = field.files.length > 1 ? some.replace("{n}", field.files.length) : (field.files[0]?.name ?? none));
    field.replaceWith(box);
    box.append(act, name, field);
    field.addEventListener("change", () => {
      tell();
      field.removeAttribute("aria-invalid"); // what was wrong was wrong with the file before
      document.getElementById(field.getAttribute("aria-describedby"))?.querySelector(".wrong")?.remove();
    });
    field.form?.addEventListener("reset", () => setTimeout(tell));
    tell();
  }
}
dress(document);
document.addEventListener("htmx:load", (e) => dress(e.detail.elt.parentNode ?? document));
