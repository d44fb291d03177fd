// The player of a recording: its waveform, drawn from peaks of a tenth of a second; each
// side muted or alone; jumping over silence; keys. Sound is asked for when it is first
// played and piece by piece, for whoever hears a piece stands in the access log.

const box = document.getElementById("player");
if (box) {
  const part = (what) => box.querySelector(`[data-${what}]`);
  const audio = new Audio();
  audio.preload = "none";
  audio.src = box.dataset.sound;
  const millis = Number(box.dataset.millis);
  const canvas = part("wave");
  const range = part("at");
  const quiet = 4; // of 255: what lies below is silence
  const still = 15; // tenths of a second of it that are jumped over
  const marks = [...box.querySelectorAll("[data-mark]")].map((m) => ({ what: m.dataset.mark, from: Number(m.dataset.from), to: Number(m.dataset.to) }));
  let peaks = new Uint8Array(0);
  let gaps = []; // of silence on both sides, {from, to} in seconds
  let sound = null; // the gains, once something was played
  const muted = [false, false];
  let alone = -1;
  let wanted = 0; // where playing begins, before there is sound

  const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s) % 60).padStart(2, "0")}`;
  const now = () => (audio.readyState > 0 ? audio.currentTime : wanted);
  part("end").textContent = clock(millis / 1000);

  // route sends the left channel to the left ear and the right to the right; a side that is
  // heard alone goes to both.
  function route() {
    if (sound) return;
    const context = new AudioContext();
    const split = context.createChannelSplitter(2);
    const merge = context.createChannelMerger(2);
    context.createMediaElementSource(audio).connect(split);
    const gains = [0, 1].map((side) =>
      [0, 1].map((ear) => {
        const gain = context.createGain();
        split.connect(gain, side);
        gain.connect(merge, 0, ear);
        return gain;
      }),
    );
    merge.connect(context.destination);
    sound = { context, gains };
    level();
  }

  function level() {
    for (const side of [0, 1]) {
      const on = alone === side || (alone < 0 && !muted[side]);
      box.querySelector(`[data-mute="${side}"]`).setAttribute("aria-pressed", String(muted[side]));
      box.querySelector(`[data-alone="${side}"]`).setAttribute("aria-pressed", String(alone === side));
      for (const ear of [0, 1]) if (sound) sound.gains[side][ear].gain.value = on && (ear === side || alone === side) ? 1 : 0;
    }
    draw();
  }

  async function play() {
    if (!audio.paused) return audio.pause();
    part("broken").hidden = true;
    route();
    await sound.context.resume();
    try {
      if (now() * 1000 >= millis - 50) seek(0);
      await audio.play();
    } catch {
      part("broken").hidden = false;
    }
  }

  function seek(seconds) {
    wanted = Math.min(Math.max(seconds, 0), millis / 1000);
    if (audio.readyState > 0) audio.currentTime = wanted;
    show();
  }
  audio.addEventListener("loadedmetadata", () => wanted > 0 && (audio.currentTime = wanted));

  function show() {
    const at = now();
    range.value = String(Math.round(at * 1000));
    range.setAttribute("aria-valuetext", `${clock(at)} / ${clock(millis / 1000)}`);
    part("now").textContent = clock(at);
    draw();
  }

  function tick() {
    if (part("silence").checked) {
      const gap = gaps.find((g) => g.from <= audio.currentTime && audio.currentTime < g.to - 0.3);
      if (gap) audio.currentTime = gap.to - 0.2;
    }
    show();
    if (!audio.paused) requestAnimationFrame(tick);
  }
  const button = box.querySelector('[data-do="play"]');
  audio.addEventListener("play", () => {
    button.textContent = box.dataset.sayPause;
    tick();
  });
  for (const over of ["pause", "ended"]) {
    audio.addEventListener(over, () => {
      button.textContent = box.dataset.sayPlay;
      show();
    });
  }
  audio.addEventListener("error", () => (part("broken").hidden = false));

  // colour is a colour of the page as the canvas takes it, in the theme that is on.
  let colours = {};
  function colour(name) {
    if (!colours[name]) {
      canvas.style.setProperty("outline-color", `var(${name})`);
      colours[name] = getComputedStyle(canvas).outlineColor;
      canvas.style.removeProperty("outline-color");
    }
    return colours[name];
  }
  function repaint() {
    colours = {};
    draw();
  }

  // draw makes the waveform anew: marks behind it, both sides, where it plays.
  function draw() {
    const scale = devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * scale);
    const height = Math.round(canvas.clientHeight * scale);
    if (width === 0 || height === 0) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const g = canvas.getContext("2d");
    g.clearRect(0, 0, width, height);
    const x = (ms) => (ms / Math.max(millis, 1)) * width;
    for (const m of marks) {
      g.globalAlpha = 0.25;
      g.fillStyle = colour(m.what === "paused" ? "--bad" : "--warn");
      g.fillRect(x(m.from), 0, Math.max(x(m.to) - x(m.from), scale), height);
    }
    const tenths = peaks.length / 2;
    for (const side of [0, 1]) {
      const off = alone >= 0 ? alone !== side : muted[side];
      g.globalAlpha = off ? 0.25 : 1;
      g.fillStyle = colour(side === 0 ? "--series-1" : "--series-2");
      const middle = (height * (1 + 2 * side)) / 4;
      for (let column = 0; column < width; column++) {
        const first = Math.floor((column * tenths) / width);
        const after = Math.max(first + 1, Math.floor(((column + 1) * tenths) / width));
        let most = 0;
        for (let i = first; i < after && i < tenths; i++) most = Math.max(most, peaks[2 * i + side]);
        const half = Math.max((Math.sqrt(most / 255) * height) / 4.4, scale / 2); // the root shows quiet speech
        g.fillRect(column, middle - half, 1, 2 * half);
      }
    }
    g.globalAlpha = 1;
    g.fillStyle = colour("--ink");
    g.fillRect(Math.min(x(now() * 1000), width - 2 * scale), 0, 2 * scale, height);
  }

  function silences() {
    gaps = [];
    let from = -1;
    for (let i = 0; i <= peaks.length / 2; i++) {
      const silent = i < peaks.length / 2 && peaks[2 * i] <= quiet && peaks[2 * i + 1] <= quiet;
      if (silent && from < 0) from = i;
      if (!silent && from >= 0) {
        if (i - from >= still) gaps.push({ from: from / 10, to: i / 10 });
        from = -1;
      }
    }
  }

  const does = {
    play,
    back: () => seek(now() - 5),
    ahead: () => seek(now() + 5),
  };
  box.addEventListener("click", (e) => {
    const b = e.target.closest("button");
    if (!b) return;
    if (b.dataset.do) does[b.dataset.do]();
    if (b.dataset.seek) seek(Number(b.dataset.seek) / 1000);
    if (b.dataset.mute) muted[Number(b.dataset.mute)] = !muted[Number(b.dataset.mute)];
    if (b.dataset.alone) alone = alone === Number(b.dataset.alone) ? -1 : Number(b.dataset.alone);
    if (b.dataset.mute || b.dataset.alone) level();
  });
  canvas.addEventListener("click", (e) => seek((e.offsetX / canvas.clientWidth) * (millis / 1000)));
  range.addEventListener("input", () => seek(Number(range.value) / 1000));
  part("speed").addEventListener("change", () => (audio.playbackRate = Number(part("speed").value)));

  function faster(by) {
    const list = part("speed");
    list.selectedIndex = Math.min(Math.max(list.selectedIndex + by, 0), list.options.length - 1);
    audio.playbackRate = Number(list.value);
  }
  const keys = {
    " ": play,
    ArrowLeft: (e) => seek(now() - (e.shiftKey ? 30 : 5)),
    ArrowRight: (e) => seek(now() + (e.shiftKey ? 30 : 5)),
    Home: () => seek(0),
    End: () => seek(millis / 1000),
    "<": () => faster(-1),
    ">": () => faster(1),
    1: () => toggle(0),
    2: () => toggle(1),
    s: () => (part("silence").checked = !part("silence").checked),
  };
  function toggle(side) {
    muted[side] = !muted[side];
    level();
  }
  // Keys are the player's wherever nobody types and nothing else takes them.
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || e.target.closest("input:not([type=range]), textarea, select, dialog, [contenteditable]")) return;
    if (e.key === " " && e.target.closest("button, a, summary, input")) return;
    const does = keys[e.key.length === 1 ? e.key.toLowerCase() : e.key];
    if (!does) return;
    e.preventDefault();
    does(e);
  });

  // A button of a form beside the player puts the place that is heard into a field, or
  // goes to the place that stands in it.
  document.addEventListener("click", (e) => {
    const mark = e.target.closest("[data-mark-into]");
    if (mark) {
      const field = document.getElementById(mark.dataset.markInto);
      field.value = clock(now());
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const there = e.target.closest("[data-go-to]");
    if (there) seek(Number(there.dataset.goTo) / 1000);
  });

  new ResizeObserver(draw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  fetch(box.dataset.peaks)
    .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(String(answer.status)))))
    .then((bytes) => {
      peaks = new Uint8Array(bytes);
      silences();
      draw();
    })
    .catch(() => (part("broken").hidden = false));
  show();
}
