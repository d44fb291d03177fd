// The pictures README.md shows, out of the demo's tour: `make readme-pictures`.
import { statSync } from "node:fs";
import { startDemo } from "./demo.mjs";
import { launch } from "./world.mjs";

const folder = new URL("../docs/pictures/", import.meta.url).pathname;
const most = 150_000; // bytes of a picture, as everybody clones them

const pictures = [
  { name: "compare", stop: 1, lang: "en", theme: "light", wait: ".answer" },
  { name: "invoice", stop: 3, lang: "zh-Hant", theme: "light", wait: "table", open: 4 },
  { name: "leave", stop: 5, lang: "en", theme: "dark", wait: ".answer" },
];

const demo = await startDemo();
const browser = await launch();
try {
  for (const p of pictures) {
    const context = await browser.newContext({ viewport: { width: 1240, height: 700 }, colorScheme: p.theme });
    const page = await context.newPage();
    await page.goto(`${demo.base}/login?lang=${p.lang}`);
    await page.locator(".people button").first().click();
    await page.waitForURL("**/tour");
    await context.addCookies([{ name: "lang", value: p.lang, url: demo.base }]);
    await page.goto(`${demo.base}/tour/${p.stop}`);
    await page.waitForSelector(p.wait, { timeout: 60_000 });
    await page.waitForLoadState("networkidle");
    await page.locator(".strip form button").click();
    await page.waitForSelector(p.wait, { timeout: 60_000 });
    if (p.open) await page.locator("details.more > summary").nth(p.open - 1).click();
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
