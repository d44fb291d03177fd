// What a supervisor does with the agent who is chosen: hear, whisper, barge in, make
// them pause or log out. One panel for all, so that three hundred cells have no buttons.
import { ask } from "../floor/feed.js";
import { makeLine, place } from "../floor/line.js";
import { boot, has, put, say, show, spell, whoPaused } from "../floor/page.js";
import { chosen, what } from "./grid.js";

const panel = document.querySelector("[data-panel]");
const find = (of) => panel.querySelector(`[data-${of}]`);
const stays = 8_000; // what was refused is told so long
let said = null;
let lineIs = "off";
let last = null; // the floor as it was drawn

const line = makeLine({
  told(is) {
    lineIs = is;
    if (last) drawPanel(last);
  },
  heard() {},
});

export function drawPanel(floor) {
  last = floor;
  const a = floor.agents.get(chosen.agent);
  show(panel, Boolean(a));
  if (!a) return;
  put(find("panel-name"), a.name);
  put(find("panel-what"), [what(a), floor.campaigns.get(a.campaign)?.name, say("wall.talked", { n: a.today.calls, time: spell(a.today.talked_seconds) })].filter(Boolean).join(" · "));
  const held = a.forced;
  put(find("panel-forced"), held ? `${whoPaused(held)}: ${held.why}` : "");
  if (!boot.supervise) return;
  show(find("release"), Boolean(held));
  show(find("pause"), !held);
  const here = floor.standing.has(boot.user);
  const headset = find("line");
  show(headset, !here);
  put(headset, lineIs === "off" ? say("wall.headset") : has(`desk.line_${lineIs}`) ? say(`desk.line_${lineIs}`) : say("desk.line_trouble"));
  const how = (a.call?.heard ?? []).find((h) => h.who === boot.user)?.how ?? "none";
  for (const button of panel.querySelectorAll("[data-hear]")) {
    button.disabled = !here || a.state !== "talking" || a.agent === boot.user;
    button.setAttribute("aria-pressed", String(button.dataset.hear === how));
  }
}

// noticeOf is what stands in the way: a kind, a head and the rest; null: nothing.
export function noticeOf(floor) {
  if (floor.refused) return ["refused", floor.refused.title ?? say("wall.refused"), say("wall.refused_why")];
  if (floor.up === false) return ["cut", say("wall.cut", { time: spell((performance.now() - floor.cutAt) / 1000) }), say("wall.cut_why")];
  if (has(`desk.line_${lineIs}_why`)) return ["line", say(`desk.line_${lineIs}`), say(`desk.line_${lineIs}_why`, { name: place })];
  return said ? ["said", said, ""] : null;
}

function refuse(problem) {
  const mine = (said = problem.code === "cut_off" ? say("desk.cut_deed") : problem.code === "conflict" ? say("desk.not_now") : (problem.title ?? say("desk.failed")));
  setTimeout(() => said === mine && (said = null), stays);
}

const at = (verb) => `/v1/floor/agents/${chosen.agent}/${verb}`;
panel.addEventListener("click", (e) => {
  const button = e.target.closest("button");
  if (!button) return;
  if ("close" in button.dataset) {
    chosen.agent = null;
    drawPanel(last);
  }
  if ("line" in button.dataset) line.on();
  if ("release" in button.dataset) ask(at("release")).catch(refuse);
  if (button.dataset.hear) ask(at("hear"), { how: button.getAttribute("aria-pressed") === "true" ? "none" : button.dataset.hear }).catch(refuse);
});
find("force")?.addEventListener("submit", (e) => {
  e.preventDefault();
  const form = e.currentTarget;
  ask(at(e.submitter.value), { why: form.why.value.trim() }).then(() => form.reset(), refuse);
});
