// Who is logged in now, on the page of seats: what the floor tells is written over what
// the page came with, as it happens. Who is logged in elsewhere, at another node or to
// another phone system, stays as the page says.
import { now, tick } from "./floor/clock.js";
import { feed } from "./floor/feed.js";
import { boot, clockTime, el, put, say } from "./floor/page.js";

const root = document.getElementById("seats");
const people = root.querySelector("[data-people]");
const rows = new Map([...root.querySelectorAll("[data-user]")].map((row) => [row.dataset.user, row]));
const asOf = root.querySelector("[data-as-of]");
const campaigns = new Map(); // names
const agents = new Map(); // of this contract
let isUp = null;
let heard = 0;

// rowOf is the row of an agent; who was not in this period before gets one.
function rowOf(a) {
  if (rows.has(a.agent)) return rows.get(a.agent);
  if (!people) return location.reload(); // the first of the period: the page has no table yet
  const columns = people.closest("table").tHead.rows[0].cells.length;
  const row = el("tr", { "data-user": a.agent, "data-type": a.seat, "data-here": "" }, el("th", { scope: "row" }, a.name), ...Array.from({ length: columns - 1 }, () => el("td")));
  row.cells[people.querySelector("[data-now]").cellIndex].dataset.now = ""; // there is a row, or there would be no table
  people.prepend(row);
  rows.set(a.agent, row);
  return row;
}

function drawRow(row, a) {
  const state = a ? say(`desk.state_${a.state}`) : "";
  const campaign = a ? (campaigns.get(a.campaign) ?? "") : "";
  const words = `${state}\n${campaign}`;
  row.toggleAttribute("data-in", Boolean(a));
  const cell = row.querySelector("[data-now]");
  if (cell.dataset.of === words) return;
  cell.dataset.of = words;
  cell.replaceChildren(...(a ? [el("span", { className: "badge info" }, state), " ", el("a", { className: "small", href: `/c/${boot.company}/campaigns/${a.campaign}` }, campaign)] : []));
}

function draw() {
  for (const a of agents.values()) {
    const row = rowOf(a);
    if (!row) return;
    row.dataset.here = "";
    drawRow(row, a);
  }
  for (const [user, row] of rows) if ("here" in row.dataset && !agents.has(user)) drawRow(row, null);
  for (const card of root.querySelectorAll("[data-line]")) {
    const types = card.dataset.types.split(" ").filter(Boolean);
    const n = [...rows.values()].filter((row) => "in" in row.dataset && (!types.length || types.includes(row.dataset.type || "agent"))).length;
    put(card.querySelector("[data-count]"), String(n));
    const over = card.dataset.paid === "" ? 0 : n - Number(card.dataset.paid);
    const note = card.querySelector("[data-over]");
    put(note, over > 0 ? note.dataset.words.replace("{n}", over) : "");
    const high = card.parentElement.querySelector("[data-high]");
    if (high && n > Number(high.textContent)) put(high, String(n));
  }
}

// tell says that what stands there is so now, or as of when.
function tell() {
  if (isUp === null) return;
  put(asOf, isUp ? say("seats.live") : say("seats.as_of", { time: clockTime(heard, { timeStyle: "medium" }) }));
}

const ours = (a) => a.contract === root.dataset.contract;
const set = (a) => (ours(a) ? agents.set(a.agent, a) : agents.delete(a.agent));
feed("/v1/floor/events", {
  rests: true,
  on: {
    floor(all) {
      campaigns.clear();
      for (const c of all.campaigns) campaigns.set(c.campaign, c.name);
      agents.clear();
      all.agents.forEach(set);
      draw();
    },
    agent(a) {
      set(a);
      draw();
    },
    campaign: (c) => campaigns.set(c.campaign, c.name),
    gone({ kind, key }) {
      if (kind !== "agent") return;
      agents.delete(key);
      draw();
    },
  },
  up(yes) {
    isUp = yes;
    heard = now();
    tell();
  },
});
tick(tell);
