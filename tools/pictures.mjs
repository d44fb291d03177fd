// Walks the demo's tour and takes pictures of its pages, at the size README.md
// shows them: node tools/pictures.mjs NODE_MODULES ADDRESS FOLDER
import { createRequire } from "node:module";

const [modules, base, folder] = process.argv.slice(2);
const { chromium } = createRequire(`${modules}/`)("playwright-core");

const pictures = [
  { name: "compare", stop: 1, lang: "en", theme: "light", wait: ".answer" },
  { name: "invoice", stop: 3, lang: "zh-Hant", theme: "light", wait: "table", open: 4 },
  { name: "leave", stop: 5, lang: "en", theme: "dark", wait: ".answer" },
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
  for (const p of pictures) {
    const context = await browser.newContext({ viewport: { width: 1240, height: 700 }, colorScheme: p.theme });
    const page = await context.newPage();
    await page.goto(`${base}/login?lang=${p.lang}`);
    await page.locator(".people button").first().click();
    await page.waitForURL("**/companies");
    await context.addCookies([{ name: "lang", value: p.lang, url: base }]);
    await page.goto(`${base}/tour/${p.stop}`);
    await page.waitForSelector(p.wait, { timeout: 60_000 });
    await page.waitForLoadState("networkidle");
    await page.locator(".strip form button").click();
    await page.waitForSelector(p.wait, { timeout: 60_000 });
    if (p.open) await page.locator("details.more > summary").nth(p.open - 1).click();
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: `${folder}/${p.name}.png`, animations: "disabled" });
    await context.close();
  }
} finally {
  await browser.close();
}
