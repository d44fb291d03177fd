// A picture of every page, as different people see it: `make pictures`. The folder
// is the first argument; a second one picks the addresses that hold it, a third one look.
import { mkdirSync } from "node:fs";
import { open, phone, wide } from "./world.mjs";

const looks = [
  { name: "desktop", lang: "zh-Hant", theme: "light", size: wide },
  { name: "phone", lang: "zh-Hans", theme: "light", size: phone },
  { name: "dark", lang: "en", theme: "dark", size: wide },
  { name: "phone-dark", lang: "zh-Hant", theme: "dark", size: phone },
];

const settles = 2_000; // milliseconds that what a page loads by itself may take

const [folder = "pictures", part = "", only = ""] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const world = await open();
try {
  const { pages } = await world.crawl();
  for (const look of looks.filter((l) => !only || l.name === only)) {
    const tabs = {};
    for (const [n, visit] of pages.entries()) {
      if (!visit.route.includes(part)) continue;
      tabs[visit.as] ??= await world.tab(visit.as, look);
      const { page } = tabs[visit.as];
      await page.goto(visit.path, { waitUntil: "load" });
      await page.waitForLoadState("networkidle", { timeout: settles }).catch(() => {}); // a page that is told of changes never rests
      const file = `${folder}/${String(n).padStart(2, "0")}-${visit.as}${visit.route.replace(/[^a-z]+/g, "-").replace(/-$/, "")}-${look.name}.png`;
      await page.screenshot({ path: file, fullPage: true });
    }
    for (const tab of Object.values(tabs)) await tab.close();
  }
  console.log(`pictures of ${pages.length} pages in ${folder}/`);
} finally {
  await world.close();
}
