// A broadcast made through the pages alone: its prompt handed in and heard, its keys
// chosen, started once nothing is missing, and what people pressed seen in its tries.
import assert from "node:assert/strict";
import { test } from "node:test";
import { beep } from "../beep.mjs";

export function broadcast(world) {
  test("a broadcast is made, heard, started and reported through the pages alone", async () => {
    const tab = await world.tab("floor");
    const { page } = tab;
    const firm = world.made.firms.floor;
    await page.goto(`${firm}/prompts`);
    await page.locator("#f-name").fill("Roadworks");
    await page.locator("#f-file").setInputFiles({ name: "roadworks.mp3", mimeType: "audio/mpeg", buffer: Buffer.from("ID3 no WAV") });
    await page.locator('form[action$="/prompts"] button').click();
    assert.match(await page.locator("#d-f-file .wrong").innerText(), /another kind of sound file: MP3/);
    assert.equal(await page.locator("#f-name").inputValue(), "Roadworks", "what was typed is lost");
    await page.locator("#f-file").setInputFiles({ name: "roadworks.wav", mimeType: "audio/wav", buffer: beep(8) });
    await page.locator('form[action$="/prompts"] button').click();
    await page.waitForURL(/prompts\/prm_\w+$/);
    assert.match(await page.locator("main").innerText(), /roadworks\.wav · 44,100 Hz, 16 bits, stereo/);
    const hear = page.locator(".prompt-player .hear");
    await hear.click();
    await page.waitForFunction(() => document.querySelector(".prompt-player .hear").getAttribute("aria-pressed") === "true");
    await hear.click();
    assert.equal(await hear.getAttribute("aria-pressed"), "false");

    await page.goto(`${firm}/campaigns/new`);
    await page.locator("#f-name").fill("Roadworks next week");
    await page.locator('input[name="purpose"][value="service"]').check();
    await page.locator('input[name="mode"][value="broadcast"]').check();
    await page.locator("form.wide-form button.primary").click();
    await page.waitForURL(/campaigns\/cmp_\w+\/lists$/);
    const at = page.url().replace(/\/lists$/, "");
    await page.goto(at);
    const start = page.locator('form[action$="/start"] button');
    assert.ok(await start.isDisabled(), "it can be started with nothing in it");
    assert.deepEqual(await page.locator(".checklist .badge.bad + a").allInnerTexts(), ["Lists", "Prompts and keys", "Numbers"]);

    await page.goto(`${firm}/lists?campaign=${at.split("/").pop()}`);
    await page.locator("#f-list_name").fill("The street");
    await page.locator("#f-file").setInputFiles({ name: "street.csv", mimeType: "text/csv", buffer: Buffer.from("name,phone\nLi,13900000101\nWu,13900000901\n") });
    await page.locator("form[data-upload] button[type=submit]").click();
    await page.locator('#i-what, button[value="read"]').first().waitFor();
    if (await page.locator('button[value="read"]').count()) await page.locator('button[value="read"]').click();
    await page.locator("#i-what").waitFor();
    await page.goto(`${at}/rules`);
    await page.locator('#rule-cn\\.hours details').last().locator("summary").click();
    await page.locator('[name="lift.cn.hours"]').check();
    await page.locator('[name="reason.cn.hours"]').fill("nobody real is called in this test");
    await page.locator('button[value="next"]').click();
    await page.waitForURL(/\/hours$/);
    const days = page.locator('[name="hours.windows[0].days"]');
    for (let i = 0; i < 7; i++) await days.nth(i).check();
    await page.locator('[id="f-hours.windows[0].from"]').fill("00:00");
    await page.locator('[id="f-hours.windows[0].to"]').fill("24:00");
    await page.locator('[id="f-hours.windows[1].from"]').fill("");
    await page.locator('[id="f-hours.windows[1].to"]').fill("");
    for (const day of await page.locator('[name="hours.windows[1].days"]').all()) await day.uncheck();
    await page.locator('button[value="next"]').click();
    await page.waitForURL(/\/outcomes$/);
    await page.goto(`${at}/numbers`);
    await page.locator('[id="f-caller_ids[0].number"]').fill("+862150000000");
    await page.locator('button[value="next"]').click();
    await page.waitForURL(/\/budget$/);

    await page.goto(`${at}/menu`);
    assert.ok(await page.locator('[data-hear-chosen="f-message"]').isDisabled(), "nothing is chosen, and can be heard");
    await page.locator("#f-message").selectOption({ label: "Roadworks" });
    await page.locator('[data-hear-chosen="f-message"]').click();
    await page.waitForFunction(() => document.querySelector('[data-hear-chosen="f-message"]').getAttribute("aria-pressed") === "true");
    for (const [row, key, does] of [[0, "1", "end"], [1, "9", "refuse"]]) {
      if (row) await page.locator('button[value="more"]').click();
      await page.locator(`[id="f-menu.steps[0].keys[${row}].key"]`).selectOption(key);
      await page.locator(`[id="f-menu.steps[0].keys[${row}].does"]`).selectOption(does);
      await page.locator(`[id="f-menu.steps[0].keys[${row}].prompt"]`).selectOption("goodbye");
    }
    await page.locator('button[value="next"]').click();
    await page.waitForURL(/\/numbers$/);
    await page.goto(at);
    assert.deepEqual(await page.locator(".checklist .badge.bad + a").allInnerTexts(), []);
    await start.click();
    await page.locator('form[action$="/pause"]').waitFor({ state: "attached" });

    const tries = `${firm}/tries?campaign=${at.split("/").pop()}`;
    for (let n = 0; n < 120 && !(await (await world.people.floor.get(tries)).text()).includes("pressed 9"); n++) await new Promise((again) => setTimeout(again, 500));
    await page.goto(tries);
    assert.match(await page.locator("main tbody").innerText(), /Wu\t\+8613900000901\tRoadworks next week\tperson\tDo not call again pressed 9/);
    await page.goto(`${at}/results`);
    const keys = page.locator('section[aria-labelledby="s-keys"]');
    assert.match(await keys.locator("tbody").innerText(), /9\s+never call again\s+1\s/, "the key that was pressed is not counted");
    const [file] = await Promise.all([page.waitForEvent("download"), page.locator('a[href$="/keys.csv"]').click()]);
    assert.match(file.suggestedFilename(), /keys\.csv$/);
    await page.goto(`${firm}/dnc/8613900000901`);
    assert.match(await page.locator("main").innerText(), /13900000901/);
    assert.deepEqual(tab.wrong.filter((w) => !/status of 422/.test(w)), []);
    await tab.close();
  });
}
