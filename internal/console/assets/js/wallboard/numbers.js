// Six numbers with their targets: what a supervisor looks up at.
import { since } from "../floor/clock.js";
import { boot, put, say, spell, tone } from "../floor/page.js";
import { exactly, lost, share } from "./ledger.js";
import { add, read, write } from "./money.js";
import { tip } from "./tips.js";

const at = Object.fromEntries([...document.querySelectorAll("[data-number]")].map((n) => [n.dataset.number, { box: n, value: n.querySelector("[data-value]"), note: n.querySelector("[data-note]") }]));
const target = (name) => {
  const n = Number.parseFloat((boot.targets?.[name] ?? "").replace(",", "."));
  return Number.isFinite(n) ? n : null;
};
const percent = new Intl.NumberFormat(boot.tag, { style: "percent", maximumFractionDigits: 0 });
const plain = new Intl.NumberFormat(boot.tag, { maximumFractionDigits: 1 });

function fill(name, value, note, is = "") {
  put(at[name].value, value);
  put(at[name].note, note);
  tone(at[name].box, is);
}

// against judges a number by its target: half as far again is bad.
function against(value, goal, more) {
  if (goal === null) return "";
  const short = more ? value < goal : value > goal;
  const far = more ? value < goal * 0.8 : value > goal * 1.2;
  return short ? (far ? "bad" : "warn") : "good";
}
const goal = (words) => (words === null ? "" : say("wall.target", { n: words }));

export function drawNumbers({ agents, campaigns }) {
  const all = [...agents.values()];
  const count = (state) => all.filter((a) => a.state === state).length;
  fill("talking", `${count("talking")} / ${all.length}`, say("wall.now", { n: count("ready"), of: count("wrap_up"), name: count("paused") }));
  busy(all);
  longest(all);
  abandoned([...campaigns.values()]);
  money([...campaigns.values()]);
}

function busy(all) {
  const sum = (of) => all.reduce((n, a) => n + (a.today?.[of] ?? 0), 0);
  const worked = sum("talked_seconds") + sum("wrapped_seconds");
  const there = worked + sum("ready_seconds");
  const wanted = target("busy");
  fill("busy", there > 0 ? percent.format(worked / there) : "–", goal(wanted === null ? null : `${wanted} %`), there > 0 ? against((100 * worked) / there, wanted, true) : "");
  const hours = (there + sum("paused_seconds")) / 3600;
  const talks = sum("calls");
  const pace = target("hour");
  const settled = hours > 0.05;
  fill("hour", settled ? plain.format(talks / hours) : "–", goal(pace) || say("wall.talks", { n: talks }), settled ? against(talks / hours, pace, true) : "");
}

function longest(all) {
  const waits = all.filter((a) => a.state === "ready").map((a) => since(a.since));
  const most = Math.max(0, ...waits);
  const wanted = target("wait");
  fill("wait", waits.length > 0 ? spell(most) : "–", goal(wanted === null ? null : spell(wanted)), waits.length > 0 ? against(most, wanted, false) : "");
}

// abandoned is the campaign that is nearest to its limit.
function abandoned(all) {
  const near = (c) => (c.ledger.most > 0 ? c.ledger.share / c.ledger.most : 0);
  const worst = all.filter((c) => c.ledger?.answered > 0).sort((a, b) => near(b) - near(a) || b.ledger.answered - a.ledger.answered)[0];
  tip(at.abandoned.note, worst ? exactly(worst.ledger) : "");
  if (!worst) return fill("abandoned", "–", say("wall.no_answers"));
  const used = near(worst);
  fill("abandoned", share(worst.ledger.share), [say("wall.room", { of: share(worst.ledger.most), time: worst.ledger.days }), lost(worst.ledger), worst.name].join(" · "), used > 1 ? "bad" : used > 0.8 ? "warn" : "good");
}

function money(all) {
  const spent = [...add(all.map((c) => c.today?.spent))];
  if (spent.length === 0) return fill("cost", "–", say("wall.spent_today", { amount: "–" }));
  const sums = spent.map(([currency, n]) => write(n, currency)).join(" + ");
  const [currency, n] = spent[0];
  const talks = all.filter((c) => c.today?.spent?.currency === currency).reduce((k, c) => k + c.today.conversations, 0);
  const each = talks > 0 && spent.length === 1 ? n / BigInt(talks) : null;
  const over = target("spend") !== null && spent.length === 1 && n > read(String(target("spend")));
  const is = over ? "bad" : each === null ? "" : against(Number(each) / 1e6, target("cost"), false);
  fill("cost", each === null ? "–" : write(each, currency), [say("wall.spent_today", { amount: sums }), goal(target("cost"))].filter(Boolean).join(" · "), is);
}
