// A visitor's first call in the demo, from the log-in page to the line of the invoice:
// a seat at one click, a customer who is heard, held and written up; then a supervisor
// follows links alone from the campaign to the call, its price, and the draft that has it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { heard, hearing } from "../sound.mjs";

export function visitor(world) {
  test("a visitor's call is found in the campaign's report, priced, and on the invoice", async () => {
    const seat = await world.tab("nobody");
    const number = await called(seat.page);
    assert.deepEqual(seat.wrong, []);
    await seat.close();

    const tab = await world.tab("floor");
    const { page } = tab;
    const ofCall = () => page.locator("table tbody tr", { hasText: number }).locator("th a");
    await page.goto(world.made.firms.floor);
    await page.locator('nav a[href$="/campaigns"]').first().click();
    await page.locator("main a", { hasText: "送货预约" }).first().click();
    await page.locator('main a[href*="/reports?campaign="]').click();
    await page.locator('table tbody a[href*="outcome=sale"]').first().click();
    await ofCall().click();
    await page.waitForURL(/\/usage\/call\?/);
    const facts = await page.locator("main").innerText();
    for (const what of [`+${number}`, "访客坐席", "送货预约", "CNY 0.12 for each minute"]) assert.ok(facts.includes(what), `${what} is not in: ${facts}`);
    await page.locator("#player canvas").waitFor(); // its campaign records
    await page.locator('main a[href*="/draft?"][href$="#why-talk"]').click();
    await page.locator("#why-talk[open]").waitFor();
    await page.locator('#why-talk a', { hasText: "The calls behind it" }).click();
    await ofCall().waitFor();
    assert.deepEqual(tab.wrong, []);
    await tab.close();
  });
}

// called is the visitor's call, and gives the number it went to.
async function called(page) {
  await hearing(page);
  const is = (state) => page.waitForFunction((s) => document.getElementById("desk").dataset.state === s, state);
  await page.goto("/login");
  await page.locator(".people button", { hasText: "A seat on the floor" }).click();
  await page.waitForURL("**/desk");
  await page.locator(".desk-campaign", { hasText: "送货预约" }).click();
  await page.locator("[data-login] .primary").click();
  await is("paused");
  await page.locator('[data-health="line"][data-tone="good"]').waitFor();
  await page.keyboard.press("F2");
  await is("reserved");
  const number = (await page.locator("[data-number]").innerText()).replace(/\D/g, "");
  await page.keyboard.press("Enter");
  await is("talking");
  assert.match(await page.locator("[data-script]").innerText(), /设备已经到货/);
  await heard(page);
  await page.keyboard.press("h");
  await page.locator('[data-do="hold"][aria-pressed="true"]').waitFor();
  await page.keyboard.press("h");
  await page.locator('[data-do="hold"][aria-pressed="false"]').waitFor();
  await page.keyboard.press("F4");
  await is("wrap_up");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter"); // now, and not in five seconds
  await page.waitForFunction(() => document.getElementById("desk").dataset.state !== "wrap_up");
  await page.locator('[data-do="logout"]').click();
  await is("out");
  return number;
}
