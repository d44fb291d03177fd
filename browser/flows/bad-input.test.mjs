// What people and attackers do wrong: files that are something else, fields that
// cannot be, forms sent twice, pages that are old, markup and formulas in text,
// addresses of somebody else.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addCompany, handInCalls } from "./by-api.mjs";
import { drop } from "./compare.test.mjs";

const markup = `<img src=x onerror=alert(1)>"'><script>alert(2)</script>`;
const formula = `=HYPERLINK("http://evil.example";"x")`;
const expected = /status of 4(04|09|22)/; // the browser notes an answer that refuses

export function badInput(world, walk) {
  describe("bad input", () => {
    test("a file that is no list of calls is refused by name", async () => {
      const tab = await world.tab("nobody");
      const { page } = tab;
      await page.goto("/compare");
      await drop(page, "form[data-upload]", "holiday.png", Buffer.from("\x89PNG\r\n\x1a\n not a list of calls"));
      await page.locator(".record .badge.bad").waitFor();
      const said = await page.locator(".record").innerText();
      assert.match(said, /holiday\.png/);
      assert.ok((await page.locator(".record .problems li").count()) > 0, "no reason is given");
      await end(tab);
    });

    test("a list whose file is refused keeps what was filled in, and takes the right file then", async () => {
      const tab = await world.tab("operator");
      const { page } = tab;
      await page.goto(`${world.made.firms.floor}/lists`);
      await page.locator("#f-list_name").fill("Second try");
      await page.locator("#f-country").selectOption("HK");
      const hand = (text) => page.locator("#f-file").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
      await hand("");
      const make = page.locator('form[data-upload] button[type="submit"]');
      await make.click();
      const wrong = page.locator("#d-file .wrong");
      assert.match(await wrong.innerText(), /^The file is empty: .*\.$/);
      assert.equal(await page.locator("#f-list_name").inputValue(), "Second try");
      assert.equal(await page.locator("#f-country").inputValue(), "HK");
      assert.equal(await page.locator(".pick #f-file").count(), 1, "the field is the browser's own");
      await hand("phone\n+85221234567\n");
      assert.equal(await wrong.count(), 0, "what was wrong with another file is still said");
      await make.click();
      await page.waitForURL(/\/imports\/job_\w+$/);
      await end(tab);
    });

    test("a form with bad fields names each and keeps what was typed", async () => {
      const tab = await world.tab("operator");
      const { page } = tab;
      await page.goto(`${world.made.company}/contracts/new`);
      const typed = { word: `a b ${markup}`, months: "a dozen", payment: "-3", seller: markup };
      for (const [name, text] of Object.entries(typed)) await page.locator(`#f-${name}`).fill(text);
      await page.locator('button[value="write"]').click();
      await page.locator("[aria-invalid]").first().waitFor();
      for (const [name, text] of Object.entries(typed)) assert.equal(await page.locator(`#f-${name}`).inputValue(), text, `${name} was not kept`);
      for (const name of ["word", "months", "payment"]) {
        const field = page.locator(`#f-${name}`);
        assert.equal(await field.getAttribute("aria-invalid"), "true", `${name} is not marked`);
        assert.ok((await page.locator(`#d-${name} .wrong`).innerText()).length > 3, `${name} does not say what is wrong`);
        assert.equal(await field.getAttribute("aria-describedby"), `d-${name}`);
      }
      await end(tab);
    });

    test("a form that is sent twice does its work once", async () => {
      const tab = await world.tab("operator");
      const { page } = tab;
      const at = `${world.made.firms.modules}/seats`; // whose seats have a type: they are assigned
      await page.goto(at);
      const rows = page.locator("tbody th", { hasText: "twice-agent" });
      await page.locator("#f-other").fill("twice-agent");
      const form = await page.locator('form[action$="/seats/begin"]:has(#f-other)').evaluate((f) => [...new FormData(f)]);
      const send = () => world.people.operator.send(`${at}/begin`, new URLSearchParams(form));
      const answers = await Promise.all([send(), send(), send()]);
      assert.deepEqual(answers.map((a) => a.status), [303, 303, 303]);
      await page.goto(at);
      assert.equal(await rows.count(), 1);
      await end(tab);
    });

    test("a page that is old says so and changes nothing", async () => {
      const first = await world.tab("operator");
      const second = await world.tab("operator");
      for (const { page } of [first, second]) {
        await page.goto(`${world.made.quoted}/withdraw`);
        await page.locator("main form button.primary").click();
        await page.locator('input[name="sure"]').waitFor({ state: "attached" });
      }
      await first.page.locator("main form button.danger").click();
      await first.page.waitForURL(world.base + world.made.quoted);
      await second.page.locator("main form button.danger").click();
      await second.page.locator(".notice.bad").waitFor();
      assert.ok((await second.page.locator(".notice.bad").innerText()).length > 20);
      await end(first);
      await end(second);
    });

    test("markup and formulas in text are shown as text", async () => {
      const { operator } = world.people;
      const company = await addCompany(operator, markup);
      const row = (id, agent, campaign) => `call,${id},outbound,answered,8613800138000,2026-03-02T03:10:00Z,61,"${agent.replaceAll('"', '""')}","${campaign.replaceAll('"', '""')}"`;
      await handInCalls(operator, company, ["fact,id,direction,result,to,start,talk,agent,campaign", row("m", markup, formula), row("f", formula, "@SUM(1)")].join("\n"));
      const tab = await world.tab("operator");
      const { page } = tab;
      for (const path of [`/c/${company}`, "/companies", `/c/${company}/usage?first=2026-03-01&last=2026-03-31`, `/c/${company}/usage?agent=${encodeURIComponent(markup)}`, `/login?back=${encodeURIComponent(markup)}`, `/compare/${encodeURIComponent(markup)}`, `/c/${company}/invoices?status=${encodeURIComponent(markup)}`]) {
        await page.goto(path);
        assert.equal(await page.locator('img[src="x"], main script:not([src])').count(), 0, path);
      }
      await page.goto(`/c/${company}/usage?first=2026-03-01&last=2026-03-31`);
      const shown = await page.locator("main").innerText();
      assert.ok(shown.includes(markup) && shown.includes(formula), "the text is not shown as it was given");
      const csv = await (await operator.get(`/c/${company}/usage/calls.csv?first=2026-03-01&last=2026-03-31`)).text();
      for (const cell of csv.split(/[,\r\n]/)) assert.doesNotMatch(cell, /^\uFEFF?"?[=@]/, "a spreadsheet would run this");
      await end(tab);
    });

    test("no answer leads away or carries a header of somebody else", async () => {
      for (const back of ["//evil.example", "https://evil.example", "/\\evil.example", "/x\r\nSet-Cookie: a=b", "javascript:alert(1)"]) {
        const answer = await world.people.operator.send("/view", new URLSearchParams({ lang: "en", back }));
        assert.equal(answer.headers.get("location"), "/", back);
        assert.doesNotMatch(answer.headers.get("set-cookie") ?? "", /a=b/);
      }
    });

    test("the pages of another company are no pages", async () => {
      const stranger = world.people.minutes;
      const missing = await (await stranger.get(walk.pages[0].path.replace(/co_\w+/, "co_00000000000000000000000001"))).text();
      const theirs = [...walk.pages, ...walk.files].map((p) => p.path).filter((p) => p.startsWith(world.made.firms.floor));
      assert.ok(theirs.length > 15);
      const plain = (text) => text.replaceAll(/(co|inv|con)_\w+/g, "ID").replaceAll(/name="back" value="[^"]*"/g, "");
      for (const path of theirs) {
        const answer = await stranger.get(path);
        assert.equal(answer.status, 404, path);
        assert.equal(plain(await answer.text()), plain(missing), `${path} shows more than a page that is none`);
      }
    });
  });
}

// end closes a window in which nothing may have gone wrong but what was meant to.
async function end(tab) {
  assert.deepEqual(tab.wrong.filter((w) => !expected.test(w)), []);
  await tab.close();
}
