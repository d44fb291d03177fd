// Who the call is with: what the campaign knows of them, on their own clock, and what
// was tried before.
import { now, tick } from "../floor/clock.js";
import { clockIn, dial, el, has, outcome, put, say } from "../floor/page.js";
import { state } from "./store.js";

const box = document.querySelector("#desk [data-person]");
let drawn = "";
let clockAt = null;

// when writes an instant as it is on a clock; a zone that nobody knows is the browser's.
export function when(instant, zone, how = { dateStyle: "medium", timeStyle: "short" }) {
  try {
    return clockIn(zone || undefined, instant, how);
  } catch {
    return clockIn(undefined, instant, how);
  }
}

export function drawPerson() {
  const { desk, sheet, gone } = state;
  const person = gone ? null : desk?.person;
  const key = JSON.stringify([person, sheet?.campaign]);
  if (key === drawn) return;
  drawn = key;
  if (!person) {
    clockAt = null;
    box.replaceChildren(el("p", { className: "muted" }, say("desk.nobody")));
    return;
  }
  clockAt = el("span", { className: "num" });
  box.replaceChildren(card(person, desk.call), fields(person), history(person, sheet));
  time();
}

function card(p, call) {
  const place = [p.address?.street, p.address?.city, p.address?.region, p.address?.country].filter(Boolean).join(", ");
  const callback = p.callback && el("p", { className: "notice small" }, el("strong", {}, say("desk.agreed", { time: when(p.callback.at, p.callback.time_zone) })), p.callback.notes ?? "");
  return el(
    "div",
    { className: "stack-s" },
    el("p", { className: "desk-name" }, p.name || dial(p.numbers[0]?.number)),
    el("ul", { className: "desk-numbers num" }, ...p.numbers.map((n) => el("li", { className: n.number === call?.number ? "strong" : "" }, dial(n.number), n.label && el("span", { className: "muted small" }, ` ${n.label}`)))),
    el("p", { className: "desk-there" }, clockAt, el("span", { className: "muted small" }, ` ${p.time_zone || say("desk.zone_unknown")}`)),
    place && el("p", { className: "small" }, place),
    el("p", { className: "muted small" }, say("desk.attempt", { n: call?.ordinal ?? p.attempts }), p.consent?.basis ? ` · ${say("desk.consent", { name: has(`desk.basis_${p.consent.basis}`) ? say(`desk.basis_${p.consent.basis}`) : p.consent.basis })}` : ""),
    callback,
  );
}

function fields(p) {
  const all = Object.entries(p.fields ?? {});
  return all.length === 0 ? "" : el("dl", { className: "desk-fields" }, ...all.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

function history(p, sheet) {
  const name = (code) => outcome(sheet?.dispositions?.find((d) => d.code === code) ?? { name: code });
  const head = el("h3", {}, say("desk.history"));
  if (p.history.length === 0) return el("div", { className: "stack-s" }, head, el("p", { className: "muted small" }, say("desk.no_history")));
  const rows = p.history.map((h) =>
    el("li", {}, el("p", { className: "small" }, el("span", { className: "strong" }, h.disposition ? name(h.disposition) : h.result ? say(`choice.result.${h.result}`) : "–"), el("span", { className: "muted" }, ` ${when(h.at, undefined, { dateStyle: "medium", timeStyle: "short" })}`)), h.notes && el("p", { className: "small" }, h.notes)),
  );
  return el("div", { className: "stack-s" }, head, el("ol", { className: "timeline desk-history" }, ...rows));
}

// time is the clock where they are.
function time() {
  const zone = state.desk?.person?.time_zone;
  if (clockAt && zone) put(clockAt, when(now(), zone, { weekday: "short", hour: "2-digit", minute: "2-digit" }));
}
tick(time);
