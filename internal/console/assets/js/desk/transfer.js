// To whom a call is handed, or who is brought into it: agents who are ready now, as the
// server tells each second while this is open, and the targets of the campaign.
import { since, tick } from "../floor/clock.js";
import { dial, el, put, say, show, spell } from "../floor/page.js";
import { colleagues, state } from "./store.js";

const drawer = document.querySelector('#desk [data-drawer="transfer"]');
const part = (of) => drawer.querySelector(`[data-${of}]`);
const rows = new Map(); // of agents who are ready, kept while they are
let asking = false;
let deeds = {};

// button is one thing that can be done with somebody.
const button = (words, main, onclick) => el("button", { type: "button", className: `button small${main ? " primary" : ""}`, onclick }, words);

function row(name, more, ...buttons) {
  return el("div", { className: "desk-target" }, el("span", {}, el("span", { className: "strong" }, name), more), ...buttons);
}

export function drawTransfer(todo) {
  deeds = todo;
  const { sheet, desk } = state;
  const call = desk?.call;
  const outside = call?.with ?? [];
  const there = [...outside.map((t) => `${t.name} ${t.rings}`), ...(call?.beside ?? []).map((a) => a.agent)].join("\n");
  draw("inside", there, () => [
    ...outside.map((t) => (t.rings ? row(say("desk.calling", { name: t.name }), "") : row(t.name, "", button(say("desk.leave_to", { name: t.name }), true, () => deeds.leave())))),
    ...(call?.beside ?? []).map((a) => row(a.name, "", button(say("desk.leave_to", { name: a.name }), true, () => deeds.handTo(a.agent, false)))),
  ]);
  show(part("inside-box"), Boolean(outside.length || call?.beside?.length));
  const targets = sheet?.targets ?? [];
  draw("targets", targets.map((t) => t.name).join("\n"), () => targets.map((t) => row(t.name, el("span", { className: "muted small num" }, dial(t.number)), button(say("desk.hand_over"), true, () => deeds.transfer(t.name, false)), button(say("desk.bring_in"), false, () => deeds.transfer(t.name, true)))));
  show(part("targets-box"), targets.length > 0);
}

// draw makes a group anew where who is in it differs.
function draw(of, key, make) {
  const box = part(of);
  if (box.dataset.of === key) return;
  box.dataset.of = key;
  box.replaceChildren(...make());
}

// look asks who is ready. Nothing is shown of agents while nobody can tell.
async function look() {
  if (drawer.hidden || asking || state.gone) return;
  asking = true;
  try {
    drawReady(await colleagues());
  } catch {
    drawReady(null);
  }
  asking = false;
}

function drawReady(told) {
  const list = told?.ready ?? [];
  for (const [key, r] of rows) {
    if (list.some((a) => a.agent === key)) continue;
    r.node.remove();
    rows.delete(key);
  }
  const box = part("ready");
  for (const a of list) {
    let r = rows.get(a.agent);
    if (!r) {
      const time = el("span", { className: "muted small num" });
      r = { time, node: row(a.name, time, button(say("desk.hand_over"), true, () => deeds.handTo(a.agent, false)), button(say("desk.bring_in"), false, () => deeds.handTo(a.agent, true))) };
      rows.set(a.agent, r);
      box.append(r.node);
    }
    put(r.time, say("desk.ready_since", { time: spell(since(a.since)) }));
  }
  put(part("ready-note"), !told ? say("desk.ready_unknown") : list.length === 0 ? say("desk.ready_none") : told.more ? say("desk.ready_more", { n: told.more }) : "");
}

// opened is called when the drawer is.
export const opened = () => void look();
tick(look);
