// The command palette (Ctrl-K or /), the list of keys (?) and the paths of keys
// that begin with g. Each is a page of its own as well, for whom no script runs.

const find = document.querySelector("a[data-palette]");
const patience = 1500; // milliseconds between g and the letter that follows
const pause = 120; // before a search, while somebody types

const typing = (e) => e.target.closest?.("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]");

// part asks for a named part of a page.
async function part(path, name, signal) {
  const answer = await fetch(path, { signal, headers: { "HX-Request": "true", "HX-Target": name } });
  if (answer.headers.get("HX-Redirect")) location.assign(answer.headers.get("HX-Redirect"));
  return answer.text();
}

function box(label) {
  const d = document.createElement("dialog");
  d.className = "palette";
  d.setAttribute("aria-label", label);
  d.addEventListener("close", () => d.remove());
  d.addEventListener("click", (e) => e.target === d && d.close());
  document.body.append(d);
  return d;
}

class Palette {
  constructor() {
    this.at = 0;
    this.box = box(find.querySelector("span").textContent);
    this.input = document.createElement("input");
    Object.assign(this.input, { type: "search", maxLength: 100, autocomplete: "off", spellcheck: false });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "true", "aria-controls": "palette-hits", "aria-label": find.querySelector("span").textContent })) this.input.setAttribute(name, value);
    this.list = document.createElement("div");
    this.box.append(this.input, this.list);
    this.input.addEventListener("input", () => this.later());
    this.box.addEventListener("keydown", (e) => this.key(e));
    this.box.showModal();
    this.ask();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), pause);
  }

  async ask() {
    this.stop?.abort();
    this.stop = new AbortController();
    const path = new URL(find.href);
    path.searchParams.set("q", this.input.value);
    try {
      this.show(await part(path, "found", this.stop.signal));
    } catch (e) {
      if (e.name !== "AbortError") location.assign(path);
    }
  }

  show(html) {
    this.list.innerHTML = html;
    const list = this.list.querySelector("ul");
    if (list) {
      list.id = "palette-hits";
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", this.input.getAttribute("aria-label"));
    }
    this.hits = [...this.list.querySelectorAll("a")];
    this.hits.forEach((a, i) => {
      a.parentElement.setAttribute("role", "presentation");
      a.setAttribute("role", "option");
      a.tabIndex = -1;
      a.id = `hit-${i}`;
    });
    this.light(0);
  }

  light(n) {
    if (!this.hits.length) return this.input.removeAttribute("aria-activedescendant");
    this.at = (n + this.hits.length) % this.hits.length;
    this.hits.forEach((a, i) => a.setAttribute("aria-selected", String(i === this.at)));
    this.hits[this.at].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", this.hits[this.at].id);
  }

  key(e) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) this.light(this.at + step);
    else if (e.key === "Enter" && this.hits?.[this.at]) this.hits[this.at].click();
    else if (e.key === "Escape") this.box.close(); // at once: a search field would only empty itself
    else return;
    e.preventDefault();
  }
}

async function keys() {
  const html = await part(`/shortcuts${find ? new URL(find.href).search : ""}`, "shortcuts");
  const d = box("?");
  d.innerHTML = html;
  d.tabIndex = -1;
  d.showModal();
}

let since = 0;
document.addEventListener("keydown", (e) => {
  if (e.defaultPrevented || e.altKey || document.querySelector("dialog[open]")) return;
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k" && find) {
    e.preventDefault();
    new Palette();
    return;
  }
  if (e.ctrlKey || e.metaKey || typing(e)) return;
  const going = Date.now() - since < patience;
  since = 0;
  if (going) {
    document.querySelector(`a[data-go="${CSS.escape(e.key)}"]`)?.click();
  } else if (e.key === "g") since = Date.now();
  else if (e.key === "/" && find) new Palette();
  else if (e.key === "?") keys();
  else return;
  e.preventDefault();
});

find?.addEventListener("click", (e) => {
  if (e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  new Palette();
});
