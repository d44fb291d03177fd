// A campaign from nothing to running, with a list whose columns nobody knew, by
// mouse and keyboard as a supervisor would.
import assert from "node:assert/strict";
import { test } from "node:test";

const leads = "Wer,Nummer,Tarif\nLi,13800138000,gold\nWu,13800138000,gold\nAn,12,blau\nHe,13800138001,blau\n";

export function campaigns(world) {
  test("a campaign is planned step by step, left, gone on with and started", async () => {
    const tab = await world.tab("floor", { lang: "zh-Hans" });
    const { page } = tab;
    await page.goto(`${world.made.firms.floor}/campaigns/new`);
    await page.locator("#f-name").fill("浏览器里的活动");
    await page.locator('input[name="mode"][value="preview"]').check();
    await page.locator("form.wide-form button.primary").click();
    await page.waitForURL(/campaigns\/cmp_\w+\/lists$/);
    const at = page.url().replace(/\/lists$/, "");
    await page.goto(`${world.made.firms.floor}/lists?campaign=${at.split("/").pop()}`);
    await page.locator("#f-list_name").fill("浏览器名单");
    await page.locator("#f-file").setInputFiles({ name: "kunden.csv", mimeType: "text/csv", buffer: Buffer.from(leads) });
    await page.locator("form[data-upload] button[type=submit]").click();
    await page.waitForURL(/\/imports\/job_\w+$/);
    for (const [n, field] of [["0", "name"], ["1", "phone"], ["2", "own"]]) await page.locator(`[name="columns[${n}].field"]`).selectOption(field);
    await page.locator('button[value="read"]').click();
    await page.locator("#i-what").waitFor();
    assert.deepEqual(await page.locator("#i-what ~ .grid .value").allInnerTexts(), ["4", "2", "1", "1", "0"]);
    await page.goto(`${at}/hours`);
    await page.locator('[id="f-hours.windows[0].from"]').fill("25:00");
    await page.locator('button[value="next"]').click();
    await page.locator(".wrong").first().waitFor();
    assert.equal(await page.locator('[id="f-hours.windows[0].from"]').inputValue(), "25:00", "what was typed is lost");
    await page.locator('[id="f-hours.windows[0].from"]').fill("9:30");
    await page.locator('button[value="next"]').press("Enter");
    await page.waitForURL(/\/outcomes$/);
    await page.goto(`${at}/numbers`);
    await page.locator('[id="f-caller_ids[0].number"]').fill("+862150000000");
    await page.locator('button[value="next"]').click();
    await page.waitForURL(/\/budget$/);
    await page.goto(at);
    await page.locator(`form[action$="/start"] button`).click();
    await page.locator('form[action$="/pause"]').waitFor({ state: "attached" });
    assert.deepEqual(tab.wrong.filter((w) => !/status of 422/.test(w)), []);
    await tab.close();
  });
}
