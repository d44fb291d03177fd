// What a figure means exactly, for who points at it or comes to it by keyboard. One box for
// all, above the page, so that no table cuts it off; Escape puts it away.
const box = document.querySelector("[data-tip-box]");
const gap = 6; // pixels
let of = null;

// tip gives a node its explanation.
export function tip(node, words) {
  if (node.dataset.tip === words) return;
  node.dataset.tip = words;
  node.tabIndex = words ? 0 : -1;
  node.setAttribute("aria-description", words);
  if (node === of) open(node);
}

function open(node) {
  of = node?.dataset.tip ? node : null;
  box.hidden = !of;
  if (!of) return;
  box.textContent = of.dataset.tip;
  const at = of.getBoundingClientRect();
  const below = at.bottom + gap + box.offsetHeight <= innerHeight;
  box.style.top = `${below ? at.bottom + gap : Math.max(0, at.top - gap - box.offsetHeight)}px`;
  box.style.left = `${Math.max(gap, Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - gap))}px`;
}

for (const come of ["pointerover", "focusin"]) addEventListener(come, (e) => (e.target === box ? undefined : open(e.target.closest?.("[data-tip]"))));
addEventListener("focusout", () => open(null));
addEventListener("scroll", () => open(null), { capture: true, passive: true });
addEventListener("keydown", (e) => e.key === "Escape" && open(null));
