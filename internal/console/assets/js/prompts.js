// Prompts are heard where they stand: a button plays one sound and stops it, beside a
// choice the one that is chosen. A canvas draws how loud it is, and how far it is heard.

const audio = new Audio();
let pressed = null; // the button whose sound plays

function stop() {
  audio.pause();
  pressed?.setAttribute("aria-pressed", "false");
  pressed = null;
  draw();
}

// soundOf is what a button plays; empty: nothing is chosen.
function soundOf(button) {
  if (button.dataset.hear) return button.dataset.hear;
  const chosen = document.getElementById(button.dataset.hearChosen)?.value;
  return chosen ? `${button.dataset.at}/${encodeURIComponent(chosen)}/sound` : "";
}

const broken = (is) => document.querySelectorAll("[data-broken]").forEach((p) => (p.hidden = !is));

async function play(button) {
  const again = pressed === button;
  stop();
  const sound = soundOf(button);
  if (again || !sound) return;
  pressed = button;
  button.setAttribute("aria-pressed", "true");
  broken(false);
  audio.src = sound;
  try {
    await audio.play();
    follow();
  } catch (e) {
    if (e.name === "AbortError") return; // another was begun
    stop();
    broken(true);
  }
}

document.addEventListener("click", (e) => {
  const button = e.target.closest("[data-hear], [data-hear-chosen]");
  if (button) play(button);
});
document.addEventListener("change", (e) => e.target.matches("select") && offer());
audio.addEventListener("ended", stop);

// offer lets nobody press a button that has nothing to play.
function offer() {
  for (const b of document.querySelectorAll("[data-hear-chosen]")) b.disabled = !soundOf(b);
}
document.addEventListener("htmx:afterSwap", offer);
offer();

const canvas = document.querySelector("canvas[data-wave]");
let peaks = new Uint8Array(0);

function follow() {
  draw();
  if (!audio.paused) requestAnimationFrame(follow);
}

function draw() {
  if (!canvas) return;
  const scale = devicePixelRatio || 1;
  const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
  if (!width || !peaks.length) return;
  Object.assign(canvas, { width, height });
  const g = canvas.getContext("2d");
  const own = pressed && pressed.dataset.hear === canvas.dataset.of;
  const heard = own && audio.duration ? audio.currentTime / audio.duration : 0;
  g.fillStyle = getComputedStyle(canvas).color;
  for (let x = 0; x < width; x++) {
    g.globalAlpha = x < heard * width || !own ? 1 : 0.4;
    const half = Math.max((Math.sqrt(peaks[Math.floor((x * peaks.length) / width)] / 255) * height) / 2.2, scale / 2); // the root shows quiet speech
    g.fillRect(x, height / 2 - half, 1, 2 * half);
  }
}

if (canvas) {
  new ResizeObserver(draw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  fetch(canvas.dataset.wave)
    .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(String(answer.status)))))
    .then((bytes) => {
      peaks = new Uint8Array(bytes);
      draw();
    })
    .catch(() => broken(true));
}
