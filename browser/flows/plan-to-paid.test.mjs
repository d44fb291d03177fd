// A plan is built, a contract on it is signed and started, calls come in, the
// month is billed, the invoice is paid: through the pages alone.
import assert from "node:assert/strict";
import { test } from "node:test";

const day = (y, m, d) => new Date(Date.UTC(y, m, d)).toISOString().slice(0, 10);

export function planToPaid(world) {
  test("plan built, contract signed, usage, invoice issued, paid", async () => {
    const now = new Date();
    const last = day(now.getUTCFullYear(), now.getUTCMonth() - 1, 1);
    const first = day(now.getUTCFullYear(), now.getUTCMonth(), 1);
    const tab = await world.tab("operator");
    const { page } = tab;
    const press = (what) => page.locator(`main button[name="do"][value="${what}"]:visible`).last().click();

    await page.goto("/plans");
    await page.locator('a[href="/plans/build"]').click();
    const file = page.locator("#f-file");
    await file.fill((await file.inputValue()).replace("plan: new-plan", "plan: browser-line"));
    await press("check");
    const cards = page.locator('.card[id^="card-"]');
    const before = await cards.count();
    await page.locator("#f-add_measure").selectOption("recurring");
    await press("add");
    const added = page.locator(`#card-${before}`);
    await added.waitFor();
    if (!(await added.locator("details").evaluate((d) => d.open))) await added.locator("summary").click();
    await added.locator('[name$=".unit_price"]').fill("100");
    await added.locator('[name$=".unit_price"]').blur();
    await page.waitForFunction(() => document.querySelector("#f-file").value.includes("unit_price: 100"));
    await press("publish");
    await page.locator("#publish").waitFor();
    await page.locator('.publish button[value="publish"]').click();
    await page.waitForURL("**/plans/browser-line@1");

    await page.goto("/companies/new");
    await page.locator("#f-name").fill("Browser Example Ltd.");
    await page.locator("main form button.primary").click();
    await page.waitForURL(/\/c\/co_[0-9a-z]+/);
    const company = page.url().match(/co_[0-9a-z]+/)[0];
    await page.goto(`/c/${company}/contracts/new?plan=browser-line@1`);
    for (const [name, value] of Object.entries({ word: "BR-1", start: last, seller: "Seller Example Ltd." })) await page.locator(`#f-${name}`).fill(value);
    await page.locator('[name^="q-"]').fill("3");
    await press("write");
    await page.waitForFunction(() => document.querySelector("#f-file").value.includes('contract: "BR-1"'));
    await press("quote");
    await page.waitForURL(/contracts\/con_[0-9a-z]+$/);
    const contract = page.url();

    await page.goto(`${contract}/sign`);
    await page.locator("#f-document").setInputFiles({ name: "signed.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 signed") });
    await step(page, contract);
    await page.goto(`${contract}/start`);
    await step(page, contract);
    assert.match(await page.locator("main").innerText(), /Running/);

    const rows = Array.from({ length: 20 }, (_, i) => `call,b-${i},outbound,answered,8613800138000,${last.slice(0, 8)}02T03:${String(10 + i)}:00Z,61`);
    await page.goto(`/c/${company}/imports`);
    await page.locator("#f-file").setInputFiles({ name: "calls.csv", mimeType: "text/csv", buffer: Buffer.from(["fact,id,direction,result,to,start,talk", ...rows].join("\n")) });
    await page.locator("main form[data-upload] button.primary").click();
    await page.waitForURL(/\/imports\/job_[0-9a-z]+$/);
    const over = page.locator("#work a.button.primary");
    await page.locator("#i-what").or(over).first().waitFor();
    if (await over.isVisible()) await over.click();
    assert.deepEqual((await page.locator("main .stat .value").allInnerTexts()).slice(0, 3), ["20", "20", "0"]); // read, accepted, rejected
    await page.goto(`/c/${company}/usage?first=${last}&last=${last.slice(0, 8)}28`);
    assert.equal(await page.locator("main table").last().locator("tbody tr").count(), 20);

    await page.goto("/close");
    await page.locator("#f-until").fill(first);
    await page.locator("#f-issue").fill(now.toISOString().slice(0, 10));
    await sure(page);
    await page.locator("#runs tbody tr").first().locator(".badge.good").waitFor({ timeout: 60_000 });
    await page.goto(`/c/${company}/invoices`);
    await page.locator("tbody th a").first().click();
    // 3 x 100, and 20 calls of 61 seconds at 2 minutes of 0.15; 6 % tax on 306.
    assert.match(await page.locator(".stat").first().innerText(), /324\.36/);
    assert.match(await page.locator(".stat").first().innerText(), /Open/);

    const invoice = page.url();
    await page.locator('main a[href$="/pay"]').first().click();
    for (const [name, value] of Object.entries({ amount: "324.36", currency: "CNY", on: first })) await page.locator(`#f-${name}`).fill(value);
    await sure(page);
    await page.waitForURL((url) => url.href.startsWith(invoice) && !url.href.endsWith("/pay"));
    assert.match(await page.locator(".stat").first().innerText(), /Paid/);
    assert.match(await page.locator(".stat").nth(1).innerText(), /0\.00/);
    assert.deepEqual(tab.wrong, []);
    await tab.close();
  });
}

// step shows what a step of a contract means, then does it.
async function step(page, contract) {
  await sure(page);
  await page.waitForURL(contract, { timeout: 5000 }).catch(async () => assert.fail(await page.locator("main").innerText()));
}

// sure sends a form, looks at what it would do, and has it done.
async function sure(page) {
  await page.locator("main form button.primary").last().click();
  await page.locator('input[name="sure"]').waitFor({ state: "attached" });
  await page.locator("main form button.primary").last().click();
}
