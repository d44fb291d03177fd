// How late the pages of the floor are, over the demo with its ten agents: from a click at
// the desk to the state the server tells, and from a state of an agent to its cell on the
// wallboard. `make floor-figures`
import { cpus, loadavg } from "node:os";
import { Person, startDemo } from "./demo.mjs";
import { launch } from "./world.mjs";

const clicks = 60;
const watched = 60_000; // of the wallboard
const demo = await startDemo({ floor: true });
const browser = await launch();
try {
  const boss = await new Person(demo.base).logIn("floor");
  const firm = (await boss.get("/")).headers.get("location");
  const said = told(boss, firm.split("/")[2]);
  const wall = await open("floor", `${firm}/wallboard`);
  await wall.waitForFunction(() => document.querySelectorAll(".wall-agent").length >= 10);
  await wall.waitForTimeout(3_000); // until all have logged in
  await wall.evaluate(() => {
    window.seen = [];
    const at = (cell) => window.seen.push([cell.firstElementChild.textContent, cell.dataset.state, Date.now()]);
    new MutationObserver((all) => all.forEach((m) => m.target.matches(".wall-agent") && at(m.target))).observe(document.querySelector("[data-grid]"), { subtree: true, attributeFilter: ["data-state"] });
    document.querySelectorAll(".wall-agent").forEach(at);
  });
  const began = Date.now();
  const took = await clicked(await open("seat", `${firm}/desk`));
  await new Promise((later) => setTimeout(later, Math.max(0, began + watched - Date.now())));
  const seen = await wall.evaluate(() => window.seen);
  const late = said.filter((s) => s.at > began && s.at < Date.now() - 5_000).map((s) => otherwise(s, said, seen));
  console.log(`load ${loadavg()[0].toFixed(1)} on ${cpus().length} processors\n\n| | times | p50 ms | p95 ms | most ms |\n|---|--:|--:|--:|--:|`);
  row("click on *Hold* to the state as the server tells it", took);
  row("a state of an agent to its cell on the wallboard", late);
} finally {
  await browser.close();
  await demo.stop();
}

// otherwise is how long the wallboard showed something else than a state: until it showed it,
// or it was over, as one that lasts less than half a second may be before it is drawn.
function otherwise(s, said, seen) {
  const cell = seen.filter(([name]) => name === s.name);
  if (cell.findLast(([, , at]) => at < s.at)?.[1] === s.state) return 0; // what came between was over before it was drawn
  const shown = cell.find(([, state, at]) => state === s.state && at >= s.at)?.[2] ?? Infinity;
  const over = said.find((o) => o.name === s.name && o.at > s.at)?.at ?? Infinity;
  return Math.min(shown, over) - s.at;
}

function row(what, all) {
  all.sort((a, b) => a - b);
  const ms = (share) => all[Math.min(all.length - 1, Math.ceil(all.length * share) - 1)]?.toFixed(0);
  console.log(`| ${what} | ${all.length} | ${ms(0.5)} | ${ms(0.95)} | ${ms(1)} |`);
}

async function open(as, path) {
  const person = await new Person(demo.base).logIn(as);
  const context = await browser.newContext({ baseURL: demo.base, viewport: { width: 1440, height: 900 } });
  await context.addCookies([{ name: "__Host-waihu", value: person.token, url: demo.base.replace("http:", "https:"), secure: true, httpOnly: true, sameSite: "Lax" }]);
  const page = await context.newPage();
  await page.goto(path);
  return page;
}

// told collects the states of agents as the floor tells them, with the instant they began.
function told(person, company) {
  const all = [];
  person.get("/v1/floor/events", { "Waihu-Company": company }).then(async (answer) => {
    let rest = "";
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
      const events = (rest + piece).split("\n\n");
      rest = events.pop();
      for (const e of events) {
        if (!/^event: agent$/m.test(e)) continue;
        const a = JSON.parse(e.match(/^data: (.*)$/m)[1]);
        const at = Date.parse(a.since);
        if (!all.some((s) => s.name === a.name && s.at === at)) all.push({ name: a.name, state: a.state, at });
      }
    }
  }).catch(() => {}); // it ends with the demo
  return all;
}

// clicked takes a call at the desk and lets the customer wait and speak again, many times.
async function clicked(page) {
  const is = (state) => page.waitForFunction((s) => document.getElementById("desk").dataset.state === s, state);
  await page.locator(".desk-campaign", { hasText: "送货预约" }).click();
  await page.locator("[data-login] .primary").click();
  await is("paused");
  await page.locator('[data-health="line"][data-tone="good"]').waitFor();
  const took = [];
  await page.keyboard.press("F2");
  while (took.length < clicks) {
    await page.waitForFunction(() => ["reserved", "talking", "wrap_up"].includes(document.getElementById("desk").dataset.state));
    const state = await page.locator("#desk").getAttribute("data-state");
    if (state === "reserved") await page.keyboard.press("Enter");
    if (state === "wrap_up") for (const key of ["4", "Enter"]) await page.keyboard.press(key);
    if (state !== "talking") {
      await page.waitForTimeout(300);
      continue;
    }
    took.push(...(await page.evaluate(async (most) => {
      const hold = document.querySelector('[data-do="hold"]');
      const times = [];
      while (times.length < most && !hold.disabled) {
        const began = performance.now();
        const done = new Promise((yes) => {
          const eye = new MutationObserver(() => (eye.disconnect(), yes()));
          eye.observe(hold, { attributeFilter: ["aria-pressed", "disabled"] });
        });
        hold.click();
        await done;
        if (!hold.disabled) times.push(performance.now() - began);
        await new Promise((later) => setTimeout(later, 150));
      }
      return times;
    }, clicks - took.length)));
  }
  return took;
}
