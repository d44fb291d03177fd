// The strip of campaigns: what each is doing, what it may still do, and why it is not
// dialing, or not more.
import { boot, el, put, say, show, text } from "../floor/page.js";
import { exactly, lost, share } from "./ledger.js";
import { read, write } from "./money.js";
import { tip } from "./tips.js";

const body = document.querySelector("[data-campaigns]");
const none = document.querySelector("[data-no-campaign]");
const rows = new Map();
const columns = ["dialing", "waiting", "talking", "tries", "conversations", "sales"];
const percent = new Intl.NumberFormat(boot.tag, { style: "percent", maximumFractionDigits: 1 });
const plain = new Intl.NumberFormat(boot.tag, { maximumFractionDigits: 1 });
const money = (a) => (a?.currency ? write(read(a.amount), a.currency) : "–");
const tones = { running: "good", paused: "warn", finished: "", draft: "" };

export function drawCampaigns({ campaigns }) {
  for (const [key, row] of rows) {
    if (campaigns.has(key)) continue;
    row.line.remove();
    row.why.remove();
    rows.delete(key);
  }
  for (const [key, c] of campaigns) {
    let row = rows.get(key);
    if (!row) {
      row = make();
      rows.set(key, row);
      body.append(row.line, row.why);
    }
    if (row.of !== c) fill(row, c);
    row.of = c;
  }
  show(none, campaigns.size === 0);
}

// cell is one of a row; where a row is a card, the heading of its column stands beside it.
const heads = [...document.querySelectorAll(".wall-campaigns thead th")].map((th) => th.textContent);
const cell = (column, className, ...within) => el("td", { className, "data-label": heads[column] }, ...within);

function make() {
  const cells = Object.fromEntries(columns.map((name, i) => [name, cell(i + 1, "right num")]));
  const row = { name: el("span", { className: "strong" }), badge: el("span", { className: "badge" }), mode: el("span", { className: "muted small" }), cells, meter: el("meter", { min: 0, max: 1 }), ledger: el("span", { className: "small num" }), cost: cell(8, "right num"), spent: cell(9, "right num"), reasons: el("ul", { className: "wall-reasons" }) };
  row.line = el("tr", {}, el("th", { scope: "row" }, row.name, " ", row.badge, el("br"), row.mode), ...columns.map((n) => cells[n]), cell(7, "wall-ledger wide", row.meter, row.ledger), row.cost, row.spent);
  row.why = el("tr", { className: "wall-why" }, el("td", { colSpan: 10 }, row.reasons));
  return row;
}

function fill(row, c) {
  put(row.name, c.name);
  put(row.badge, say(`wall.state_${c.status.state}`));
  row.badge.className = `badge ${tones[c.status.state] ?? ""}`;
  put(row.mode, [say(`choice.campaign_mode.${c.mode}`), !c.live && say("wall.not_live")].filter(Boolean).join(" · "));
  const figures = { dialing: c.dialing, waiting: c.waiting, talking: c.talking, tries: c.today.tries, conversations: c.today.conversations, sales: c.today.sales };
  for (const name of columns) put(row.cells[name], plain.format(figures[name]));
  row.cells.waiting.classList.toggle("bad-text", c.waiting > 0);
  const { share: is, most, answered, days } = c.ledger;
  const used = most > 0 ? Math.min(1, is / most) : 0;
  Object.assign(row.meter, { low: 0.8, high: 0.95, optimum: 0, value: used });
  row.meter.setAttribute("aria-label", say("wall.ledger"));
  put(row.ledger, answered > 0 ? say("wall.ledger_of", { n: share(is), of: share(most), time: days, name: lost(c.ledger) }) : say("wall.no_answers"));
  tip(row.ledger, answered > 0 ? exactly(c.ledger) : "");
  put(row.cost, money(c.today.cost_per_conversation));
  put(row.spent, money(c.today.spent));
  reasons(row, c.why ?? []);
  for (const [i, r] of (c.why ?? []).entries()) tip(row.reasons.children[i], r.code.startsWith("pacing.") ? pace(c.pacing) : "");
}

// pace is what the last decision about one more dial was made from.
const pace = (p) => say("wall.pace", { of: percent.format(p.risk), name: percent.format(p.allowed), n: p.in_flight, time: plain.format(p.expected_answers), amount: plain.format(p.expected_releases) });

// reasons are given in the order of the server: what stops everything comes first.
function reasons(row, list) {
  const key = list.map((r) => `${r.code} ${r.count ?? ""}`).join();
  show(row.why, list.length > 0);
  if (row.reasonsOf === key) return;
  row.reasonsOf = key;
  row.reasons.replaceChildren(...list.map((r, i) => el("li", { className: i === 0 ? "strong" : "" }, text(r.text))));
}
