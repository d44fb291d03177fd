// Charts: draws the table twin of each figure[data-chart] as lines. The first
// column is x, every other one a series; numbers come from data-value, so what
// is drawn is what the table says. Where the first column has no numbers, its
// words stand along the axis. With data-percent it has shares, written in percent.

const css = getComputedStyle(document.documentElement);
const charts = new WeakMap(); // by figure: the chart, and what watches its size
const colour = (n) => resolve(`--series-${(n % 8) + 1}`);

// resolve gives the colour a custom property has now: light-dark() included.
function resolve(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const c = getComputedStyle(probe).color;
  probe.remove();
  return c;
}

function read(table) {
  const names = [...table.tHead.rows[0].cells].map((c) => c.textContent.trim());
  const columns = names.map(() => []);
  for (const row of table.tBodies[0].rows) {
    [...row.cells].forEach((c, i) => columns[i].push(c.dataset.value === undefined ? null : Number(c.dataset.value)));
  }
  const words = columns[0].every((x) => x === null) ? [...table.tBodies[0].rows].map((r) => r.cells[0].textContent.trim()) : null;
  if (words) columns[0] = words.map((_, i) => i);
  return { names, columns, words };
}

function draw(figure) {
  const plot = figure.querySelector(".plot");
  stop(figure);
  const { names, columns, words } = read(figure.querySelector("table:not(.u-legend)"));
  const shares = figure.hasAttribute("data-percent") ? new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 1 }) : null;
  const along = (x) => (words ? (words[x] ?? "") : shares && x !== null ? shares.format(x) : (x ?? ""));
  const ink = resolve("--ink-soft");
  const grid = resolve("--line");
  const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: `12px ${css.getPropertyValue("--sans")}` };
  const options = {
    width: plot.clientWidth,
    height: Number(figure.dataset.height || 260),
    scales: { x: { time: false }, y: { range: (u, low, high) => [Math.min(0, low), high * 1.05 || 1] } },
    axes: [{ ...axis, label: names[0], labelFont: axis.font, labelSize: 20, ...(words ? { values: (u, at) => at.map((i) => (Number.isInteger(i) ? along(i) : "")) } : shares ? { values: (u, at) => at.map(along) } : {}) }, { ...axis, size: 72 }],
    series: [{ label: names[0], value: (u, x) => along(x) }, ...names.slice(1).map((label, i) => ({ label, stroke: colour(i), width: 2, points: { show: columns[0].length < 20 } }))],
  };
  const chart = new uPlot(options, columns, plot);
  const watch = new ResizeObserver(() => chart.setSize({ width: plot.clientWidth, height: options.height }));
  watch.observe(plot);
  charts.set(figure, { chart, watch });
}

// stop takes away what was drawn before, such as in the colours of the other theme.
function stop(figure) {
  const was = charts.get(figure);
  was?.watch.disconnect();
  was?.chart.destroy();
}

function drawAll(root) {
  for (const figure of root.querySelectorAll("figure[data-chart]")) draw(figure);
}

drawAll(document);
document.addEventListener("htmx:afterSwap", (e) => drawAll(e.target));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(document));
