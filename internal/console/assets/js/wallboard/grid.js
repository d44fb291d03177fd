// The agents, a cell each: their state as a colour and a word, and how long. Cells stay
// and are changed in place; only what differs is written.
import { since } from "../floor/clock.js";
import { boot, dial, el, has, put, say, show, spell, whoPaused } from "../floor/page.js";

const grid = document.querySelector("[data-grid]");
const chips = document.querySelector("[data-chips]");
const none = document.querySelector("[data-no-agent]");
const sortBy = document.querySelector("[data-sort]");
const of = document.querySelector("[data-of]");
const find = document.querySelector("[data-find]");
export const states = ["talking", "reserved", "ready", "wrap_up", "paused"];
const ages = { ready: [60, 300], paused: [300, 900], talking: [300, 900], wrap_up: [30, 60], reserved: [20, 60] }; // seconds from which a time is long, and very long
const cells = new Map();
const only = new Set(); // states that are shown; empty: all
export const chosen = { agent: null };
let redraw = () => {};

export function drawGrid(floor, again) {
  redraw = again;
  drawChips(floor);
  drawCampaigns(floor);
  for (const [key, c] of cells) {
    if (floor.agents.has(key)) continue;
    c.node.remove();
    cells.delete(key);
    if (chosen.agent === key) chosen.agent = null;
  }
  const words = find.value.trim().toLowerCase();
  const list = [...floor.agents.values()].sort(orders[sortBy.value]);
  const focus = document.activeElement;
  for (const a of list) lift(cells.get(a.agent), a);
  let shown = 0;
  let next = grid.firstElementChild;
  list.forEach((a) => {
    const c = cells.get(a.agent) ?? make(a.agent);
    if (c.of !== a) fill(c, a, floor);
    const yes = (only.size === 0 || only.has(a.state)) && (!of.value || of.value === a.campaign) && (!words || a.name.toLowerCase().includes(words));
    show(c.node, yes);
    c.shown = yes;
    shown += Number(yes);
    const pressed = String(chosen.agent === a.agent);
    if (c.button.getAttribute("aria-pressed") !== pressed) c.button.setAttribute("aria-pressed", pressed);
    if (next === c.node) next = next.nextElementSibling;
    else grid.insertBefore(c.node, next);
  });
  if (focus !== document.activeElement && grid.contains(focus)) focus.focus({ preventScroll: true });
  show(none, shown === 0);
  times();
}

// lift takes a cell out that belongs to another place now, so that the others, which are
// in order among themselves, stay where they are.
function lift(c, a) {
  if (c?.of && (c.sorted !== sortBy.value || c.of.state !== a.state || c.of.since !== a.since)) c.node.remove();
  if (c) c.sorted = sortBy.value;
}

const byName = (a, b) => a.name.localeCompare(b.name, boot.tag);
const byTime = (a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : byName(a, b));
const orders = { name: byName, time: byTime, state: (a, b) => states.indexOf(a.state) - states.indexOf(b.state) || byTime(a, b) };

function make(key) {
  const c = { name: el("span", { className: "wall-name strong" }), time: el("span", { className: "num wall-time" }), what: el("span", { className: "wall-what" }), more: el("span", { className: "muted wall-more" }), shown: true };
  c.button = el("button", { type: "button", className: "wall-agent", "aria-pressed": "false", onclick: () => choose(key) }, c.name, c.time, c.what, c.more);
  c.node = el("li", {}, c.button);
  cells.set(key, c);
  return c;
}

function choose(key) {
  chosen.agent = chosen.agent === key ? null : key;
  redraw();
}

export const what = (a) => (a.state === "paused" && a.forced ? whoPaused(a.forced) : a.state === "paused" && a.reason ? (has(`desk.pause_${a.reason}`) ? say(`desk.pause_${a.reason}`) : a.reason) : a.call?.held ? say("desk.held") : say(`desk.state_${a.state}`));

function fill(c, a, floor) {
  c.of = a;
  c.button.dataset.state = a.state;
  put(c.name, a.name);
  put(c.what, what(a));
  const heard = (a.call?.heard ?? []).length > 0 ? say("wall.heard") : "";
  put(c.more, [!a.line && say("wall.no_line"), a.then && say(`wall.then_${a.then}`), heard, a.call?.recording_lost && say("wall.not_recorded"), a.call ? a.call.name || dial(a.call.number) : floor.campaigns.get(a.campaign)?.name].filter(Boolean).join(" · "));
}

// times is what runs by itself: one walk over the cells a second.
export function times() {
  for (const c of cells.values()) {
    if (!c.shown) continue;
    const long = since(c.of.since);
    put(c.time, spell(long));
    const [some, much] = ages[c.of.state] ?? [Infinity, Infinity];
    const age = long >= much ? "2" : long >= some ? "1" : "0";
    if (c.button.dataset.age !== age) c.button.dataset.age = age;
  }
}

function drawChips({ agents }) {
  if (chips.childElementCount === 0) chips.append(...states.map((s) => el("button", { type: "button", className: "wall-chip", "data-state": s, "aria-pressed": "false", onclick: () => toggle(s) }, el("span", {}, say(`desk.state_${s}`)), el("span", { className: "num strong" }))));
  for (const chip of chips.children) {
    put(chip.lastChild, String([...agents.values()].filter((a) => a.state === chip.dataset.state).length));
    chip.setAttribute("aria-pressed", String(only.has(chip.dataset.state)));
  }
}

function toggle(state) {
  if (!only.delete(state)) only.add(state);
  redraw();
}

function drawCampaigns({ campaigns }) {
  const key = [...campaigns.values()].map((c) => c.campaign + c.name).join();
  if (of.dataset.of === key) return;
  of.dataset.of = key;
  const was = of.value;
  of.replaceChildren(of.firstElementChild, ...[...campaigns.values()].map((c) => el("option", { value: c.campaign }, c.name)));
  of.value = was;
}

for (const box of [sortBy, of]) box.addEventListener("change", () => redraw());
find.addEventListener("input", () => redraw());
