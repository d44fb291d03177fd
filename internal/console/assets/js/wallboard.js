// The wallboard: the floor of a company as the server tells it. Events only mark what
// changed; it is drawn at most twice a second, and times run by one clock.
import { now, tick } from "./floor/clock.js";
import { feed } from "./floor/feed.js";
import { boot, clockTime, el, put, say, show, spell } from "./floor/page.js";
import { drawCallers } from "./wallboard/callers.js";
import { drawCampaigns } from "./wallboard/campaigns.js";
import { drawGrid, times } from "./wallboard/grid.js";
import { drawNumbers } from "./wallboard/numbers.js";
import { drawPanel, noticeOf } from "./wallboard/panel.js";
import { drawTrunks } from "./wallboard/trunks.js";

const pause = 500; // between two drawings
const wall = document.getElementById("wall");
const notices = wall.querySelector("[data-notices]");
const floor = { agents: new Map(), campaigns: new Map(), standing: new Set(), up: null, cutAt: 0, refused: null };
let waiting = 0;
let drawnAt = -pause;

// later draws at once what comes alone, and what comes quickly together.
function later() {
  waiting ||= setTimeout(
    () => {
      waiting = 0;
      drawnAt = performance.now();
      draw();
    },
    Math.max(0, drawnAt + pause - performance.now()),
  );
}

const kinds = { agent: floor.agents, campaign: floor.campaigns };
feed("/v1/floor/events", {
  rests: true,
  on: {
    floor(all) {
      floor.agents.clear();
      floor.campaigns.clear();
      for (const a of all.agents) floor.agents.set(a.agent, a);
      for (const c of all.campaigns) floor.campaigns.set(c.campaign, c);
      floor.standing = new Set(all.standing);
      later();
    },
    agent: (a) => (floor.agents.set(a.agent, a), later()),
    campaign: (c) => (floor.campaigns.set(c.campaign, c), later()),
    standing: (user) => (floor.standing.add(user), later()),
    gone({ kind, key }) {
      if (kind === "standing") floor.standing.delete(key);
      else kinds[kind]?.delete(key);
      later();
    },
  },
  up(yes) {
    floor.up = yes;
    if (!yes) floor.cutAt = performance.now();
    later();
  },
  refused(problem) {
    floor.refused = problem;
    later();
  },
});
feed(boot.health, { rests: true, on: { trunks: drawTrunks, numbers: drawCallers }, up() {} });

function draw() {
  wall.toggleAttribute("data-cut", floor.up === false);
  drawNumbers(floor);
  drawCampaigns(floor);
  drawGrid(floor, draw);
  drawPanel(floor);
  tell();
}

// tell says what stands in the way of what is shown.
function tell() {
  const box = noticeOf(floor);
  const key = box ? box.join("|") : "";
  if (notices.dataset.of === key) return;
  const had = notices.firstElementChild;
  if (box && had && notices.dataset.kind === box[0]) put(had.querySelector("strong"), box[1]);
  else notices.replaceChildren(box ? el("div", { className: `notice ${box[0] === "said" ? "warn" : "bad"}`, role: "status" }, el("p", {}, el("strong", {}, box[1]), ` ${box[2]}`)) : "");
  Object.assign(notices.dataset, { of: key, kind: box?.[0] ?? "" });
}

const clockAt = wall.querySelector("[data-clock]");
const clock = () => clockAt && put(clockAt, clockTime(now(), { hour: "2-digit", minute: "2-digit" }));
tick(() => {
  times();
  drawNumbers(floor);
  tell();
  clock();
});
clock();

const full = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
wall.querySelector('[data-do="full"]')?.addEventListener("click", full);
if ("tv" in wall.dataset) addEventListener("keydown", (e) => e.key === "f" && !e.ctrlKey && !e.metaKey && full());
show(wall.querySelector("[data-no-agent]"), false);
