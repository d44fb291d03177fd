// One running demo, one Chromium and the people who look: made once for a run.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { crawl } from "./crawl.mjs";
import { Person, startDemo } from "./demo.mjs";
import { furnish } from "./furnish.mjs";
import { people as names } from "./visits.mjs";

const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required"];

export const languages = ["en", "zh-Hant", "zh-Hans"];
export const themes = ["light", "dark"];
export const wide = { width: 1280, height: 900 };
export const phone = { width: 390, height: 844 };

// launch starts Chromium; where it is missing, that is an error, never a test left out.
export async function launch() {
  if (!existsSync(browserPath)) throw new Error(`${browserPath} is missing: make deps installs Debian's chromium`);
  return chromium.launch({ executablePath: browserPath, args: quiet });
}

// open starts everything.
export async function open() {
  const browser = await launch();
  const demo = await startDemo();
  const people = { nobody: new Person(demo.base) };
  for (const name of names) people[name] = await new Person(demo.base).logIn(name);
  const made = await furnish(people);
  return {
    base: demo.base,
    pid: demo.pid,
    people,
    made,
    crawl: () => crawl(people, made),
    tab: (as, options) => tab(browser, demo.base, as, people[as], options),
    close: async () => {
      await browser.close();
      await demo.stop();
    },
  };
}

// left is what htmx says when a page is left while it asks for a part: as with a
// request that is aborted, nothing is wrong. What fails is said otherwise (sendError).
const left = /^htmx:(sendAbort|afterRequest), /;

// tab is a window of somebody. What goes wrong in it is kept in tab.wrong.
async function tab(browser, base, as, person, { lang = "en", theme = "light", size = wide } = {}) {
  const context = await browser.newContext({ baseURL: base, viewport: size, colorScheme: theme, acceptDownloads: true, reducedMotion: "reduce" });
  context.setDefaultTimeout(15_000);
  const speak = (to) => context.addCookies([{ name: "lang", value: to, url: base }]);
  await speak(lang);
  if (person.token) await context.addCookies([{ name: "__Host-waihu", value: person.token, url: base.replace("http:", "https:"), secure: true, httpOnly: true, sameSite: "Lax" }]);
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && !left.test(m.text()) && wrong.push(`console: ${m.text()}`));
  page.on("dialog", (d) => wrong.push(`dialog: ${d.message()}`) && d.dismiss());
  page.on("pageerror", (e) => wrong.push(`script: ${e.message}`));
  page.on("requestfailed", (r) => r.failure()?.errorText !== "net::ERR_ABORTED" && wrong.push(`request: ${r.url()} ${r.failure()?.errorText}`));
  return { as, context, page, wrong, speak, close: () => context.close() };
}
