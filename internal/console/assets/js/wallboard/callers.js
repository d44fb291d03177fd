// The numbers that are shown to customers: how each is answered beside the others of its
// campaigns, and signs that it is blocked. The worst come first.
import { boot, dial, el, has, put, say, show } from "../floor/page.js";

const list = document.querySelector("[data-callers]");
const note = document.querySelector("[data-callers-note]");
const percent = new Intl.NumberFormat(boot.tag, { style: "percent", maximumFractionDigits: 0 });
const tones = { healthy: "good", worse: "bad", too_few: "", alone: "" };

export function drawCallers({ rows, all, bad }) {
  list.replaceChildren(
    ...rows.map((n) => {
      const name = n.href ? el("a", { href: n.href, className: "num strong" }, dial(n.number)) : el("span", { className: "num strong" }, dial(n.number));
      const word = n.unwanted > 0 && n.verdict !== "worse" ? say("wall.unwanted") : verdict(n.verdict);
      return el("li", {}, name, el("span", { className: `badge ${n.unwanted > 0 && n.verdict !== "worse" ? "warn" : tones[n.verdict]}` }, word), el("span", { className: "small num" }, figures(n)));
    }),
  );
  put(note, all === 0 ? say("wall.no_numbers") : bad > 0 ? say("wall.numbers_bad", { n: bad, of: all }) : say("wall.numbers_good", { n: all }));
  note.classList.toggle("bad-text", bad > 0);
  show(list, rows.length > 0);
}

const verdict = (word) => (has(`calling_report.verdict.${word}`) ? say(`calling_report.verdict.${word}`) : word);

// figures are said in the order in which they are looked at.
function figures(n) {
  const share = (part, whole) => (whole > 0 ? percent.format(part / whole) : "–");
  return [
    n.calls > 0 ? say("wall.answered", { n: share(n.answered, n.calls), of: n.calls }) : say("wall.no_calls"),
    n.compared > 0 && say("wall.expected", { n: share(n.expected, n.compared) }),
    n.lifted > 0 && say("wall.short", { n: share(n.short, n.lifted) }),
    n.unwanted > 0 && say("wall.unwanted_n", { n: n.unwanted }),
  ]
    .filter(Boolean)
    .join(" · ");
}
