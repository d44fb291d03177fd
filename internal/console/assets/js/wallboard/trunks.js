// How the trunks are: calls on each, what of it was answered, and whether it carries any.
import { boot, el, put, say } from "../floor/page.js";

const list = document.querySelector("[data-trunks]");
const percent = new Intl.NumberFormat(boot.tag, { style: "percent", maximumFractionDigits: 0 });
const tones = { good: "good", rests: "warn", down: "bad", apart: "bad" };

export function drawTrunks(trunks) {
  if (!list) return; // nobody can call here
  while (list.childElementCount > trunks.length) list.lastElementChild.remove();
  while (list.childElementCount < trunks.length) list.append(el("li", {}, el("span", { className: "strong" }), el("span", { className: "badge" }), el("meter", { min: 0 }), el("span", { className: "num small" })));
  trunks.forEach((t, i) => {
    const [name, badge, meter, figures] = list.children[i].children;
    put(name, t.name);
    put(badge, say(`wall.trunk_${t.state}`));
    badge.className = `badge ${tones[t.state]}`;
    meter.hidden = figures.hidden = Boolean(t.apart); // the operator's to see
    if (t.apart) return;
    Object.assign(meter, { max: Math.max(1, t.channels), value: t.open });
    meter.setAttribute("aria-label", say("wall.channels", { n: t.open, of: t.channels }));
    put(figures, `${say("wall.channels", { n: t.open, of: t.channels })} · ${t.calls > 0 ? say("wall.answered", { n: percent.format(t.answered / t.calls), of: t.calls }) : say("wall.no_calls")}`);
  });
}
