// A recording is heard: each side out of its own ear, muted and alone, silence jumped over,
// by keys as well; who heard it stands in the log. A call is scored beside the player.
import assert from "node:assert/strict";
import { test } from "node:test";

// ears listens to what goes to the loudspeakers, left and right apart.
const ears = () => {
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) {
      const split = this.context.createChannelSplitter(2);
      window.ears = [0, 1].map((ear) => {
        const meter = this.context.createAnalyser();
        meter.fftSize = 8192;
        connect.call(split, meter, ear);
        return meter;
      });
      connect.call(this, split);
    }
    return connect.call(this, to, ...rest);
  };
  // heard is how loud an ear is, and its loudest frequency.
  window.heard = () =>
    window.ears.map((meter) => {
      const wave = new Float32Array(meter.fftSize);
      meter.getFloatTimeDomainData(wave);
      const bins = new Float32Array(meter.frequencyBinCount);
      meter.getFloatFrequencyData(bins);
      return { loud: Math.sqrt(wave.reduce((sum, x) => sum + x * x, 0) / wave.length), hertz: (bins.indexOf(Math.max(...bins)) * meter.context.sampleRate) / meter.fftSize };
    });
};

export function recording(world) {
  const firm = world.made.firms.modules;

  test("each side of a recording comes out of its own ear, and who heard it is noted", async () => {
    const tab = await world.tab("operator");
    const { page } = tab;
    await page.addInitScript(ears);
    await page.goto(`${firm}/recordings?sort=length`);
    await page.locator("tbody a").first().click();
    await page.waitForFunction(() => document.querySelector("#player canvas").width > 300);
    assert.equal(await page.getByText("Nobody has listened to it.").count(), 1, "opening the page is not listening");
    // until waits for what holds of one moment: how loud each ear is, and what it hears.
    const until = (what, hertz = 0) => page.waitForFunction(what, hertz, { polling: 50 });
    const only = (ear) =>
      ear === 0
        ? (hertz) => window.heard?.()[0].loud > 0.02 && Math.abs(window.heard()[0].hertz - hertz) < 20 && window.heard()[1].loud < 0.002
        : (hertz) => window.heard?.()[1].loud > 0.02 && Math.abs(window.heard()[1].hertz - hertz) < 20 && window.heard()[0].loud < 0.002;

    await page.locator('[data-do="play"]').click();
    await until(only(0), 175); // the agent hums at 175 Hz, in the left ear
    await page.locator('[data-alone="0"]').click();
    await page.keyboard.press("Home"); // where the agent speaks first
    await until(() => window.heard().every((ear) => ear.loud > 0.02)); // alone: in both ears
    await page.locator('[data-alone="0"]').click();
    await page.keyboard.press("Home");
    await page.keyboard.press("1"); // mutes the agent: the customer, who hums at 115 Hz, is what remains
    await until(only(1), 115);

    const at = () => page.locator("[data-at]").evaluate((e) => Number(e.value));
    await page.locator("#player").focus();
    await page.keyboard.press("Space");
    await until(() => document.querySelector('[data-do="play"]').textContent === "Play");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    assert.equal(await at(), 5000);
    await page.keyboard.press("Shift+ArrowRight");
    assert.equal(await at(), 35_000);
    await page.keyboard.press(">");
    assert.equal(await page.locator("[data-speed]").inputValue(), "1.25");
    await page.keyboard.press("s");
    assert.ok(await page.locator("[data-silence]").isChecked());
    assert.deepEqual(tab.wrong, []);

    await page.reload();
    const log = page.locator('section[aria-labelledby="log"] tbody tr');
    assert.equal(await log.count(), 1);
    assert.match(await log.textContent(), /operator@demo.example\s*listened\s*0:00:00–/);
    await tab.close();
  });

  test("a call is scored beside the player, with the place that is heard", async () => {
    const tab = await world.tab("operator");
    const { page } = tab;
    await page.goto(`${firm}/quality`);
    await page.locator("tbody a").last().click();
    await page.locator("[data-at]").fill("7000");
    for (const question of await page.locator("fieldset.question").all()) await question.locator("input[type=radio]").first().check();
    await page.locator("[data-mark-into]").first().click();
    assert.equal(await page.locator("#t-greets").inputValue(), "0:07");
    await page.getByRole("button", { name: "Save the score" }).click();
    await page.locator('[data-go-to="7000"]').click();
    assert.equal(await page.locator("[data-now]").textContent(), "0:07");
    assert.equal(await page.locator(".stat .value").first().textContent(), "100.0 %");
    assert.deepEqual(tab.wrong, []);
    await tab.close();
  });
}
