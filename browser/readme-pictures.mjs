// The pictures README.md shows, out of the demo's tour and its floor: `make readme-pictures`.
import { statSync } from "node:fs";
import { startDemo } from "./demo.mjs";
import { launch } from "./world.mjs";

const folder = new URL("../docs/pictures/", import.meta.url).pathname;
const most = 150_000; // bytes of a picture, as everybody clones them
const patience = 60_000;

const pictures = [
  { name: "compare", as: "operator", lang: "en", theme: "light", walk: tour(1, ".answer") },
  { name: "invoice", as: "operator", lang: "zh-Hant", theme: "light", walk: tour(3, "table", "talk") },
  { name: "leave", as: "operator", lang: "en", theme: "dark", walk: tour(5, ".answer") },
  { name: "desk", as: "seat", lang: "en", theme: "light", walk: desk },
  { name: "wallboard", as: "floor", lang: "zh-Hans", theme: "dark", walk: wallboard, far: 1.25 },
  { name: "campaign", as: "floor", lang: "en", theme: "light", walk: campaign, far: 1.25 },
];

const demo = await startDemo({ floor: true });
const browser = await launch();
try {
  for (const p of pictures) {
    const { far = 1 } = p; // from where it is seen: more of the page, as many pixels
    const context = await browser.newContext({ baseURL: demo.base, viewport: { width: 1240 * far, height: 700 * far }, deviceScaleFactor: 1 / far, colorScheme: p.theme });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    await page.goto(`/login?lang=${p.lang}`);
    await page.locator(".people form", { has: page.locator(`[name="email"][value="${p.as}@demo.example"]`) }).getByRole("button").click();
    await page.waitForURL((url) => url.pathname !== "/login");
    await context.addCookies([{ name: "lang", value: p.lang, url: demo.base }]);
    await p.walk(page);
    await page.evaluate(() => document.fonts.ready);
    const path = `${folder}${p.name}.png`;
    await page.screenshot({ path, animations: "disabled" });
    await context.close();
    const { size } = statSync(path);
    console.log(`${p.name}.png ${size}`);
    if (size > most) throw new Error(`${path} has more than ${most} bytes`);
  }
} finally {
  await browser.close();
  await demo.stop();
}

// tour goes to a stop and leaves the path there, with a line of an invoice open.
function tour(stop, shows, open) {
  return async (page) => {
    await page.goto(`/tour/${stop}`);
    await page.waitForSelector(shows);
    await page.waitForLoadState("networkidle");
    await page.locator(".strip form button").click();
    await page.waitForSelector(shows);
    if (open) await page.locator(`#why-${open} > summary`).click();
  };
}

// desk takes a call of the survey and answers its first question.
async function desk(page) {
  const is = (state) => page.waitForFunction((s) => document.getElementById("desk").dataset.state === s, state);
  await page.reload();
  await page.locator(".desk-campaign", { hasText: "满意度调查" }).click();
  await page.locator("[data-login] .primary").click();
  await is("paused");
  await page.locator('[data-health="line"][data-tone="good"]').waitFor();
  await page.keyboard.press("F2");
  await is("talking"); // some do not answer: the next one is called
  await page.locator(".desk-option input").first().check();
  await page.locator("[data-script] .primary").first().click();
  await page.locator('[data-question="score"] input').nth(3).check();
  await page.waitForFunction(() => document.querySelector("[data-call-time]").textContent >= "0:10");
}

// wallboard waits until most agents talk, in the form for the wall.
async function wallboard(page) {
  await page.goto(`${new URL(page.url()).pathname}/wallboard?tv=1`);
  await page.waitForFunction(() => document.querySelectorAll('.wall-agent[data-state="talking"]').length >= 6);
}

// campaign is the live page of the one that dials ahead.
async function campaign(page) {
  await page.goto(`${new URL(page.url()).pathname}/campaigns`);
  await page.locator("main a", { hasText: "秋季续约" }).first().click();
  await page.locator('main a[href$="/live"]').click();
  await page.waitForLoadState("load");
  await page.locator("main .num, main table").first().waitFor();
}
