// Comparing: files can be dropped, an upload shows how far it is, a slider says
// where it stands, a link is copied. All of it works as plain forms without.

const uploads = "form[data-upload]";

function show(form, percent) {
  const state = form.querySelector(".upload-state");
  state.hidden = false;
  const bar = state.querySelector("progress");
  const said = state.querySelector("[data-said]");
  if (percent < 100) bar.value = percent;
  else bar.removeAttribute("value");
  said.textContent = `${said.dataset.said} ${percent}%`;
}

// replace shows the answer to a form that was refused, in the place of the page.
function replace(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("main");
  if (!main) return location.reload();
  document.querySelector("main").replaceWith(document.adoptNode(main));
  htmx.process(document.querySelector("main"));
  document.dispatchEvent(new CustomEvent("htmx:afterSwap"));
  htmx.trigger("main", "htmx:load"); // as after any other change of the page
  dress();
  main.querySelector("[role=alert], .notice.bad")?.scrollIntoView({ block: "center" });
}

function send(form) {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.upload.addEventListener("progress", (e) => e.lengthComputable && show(form, Math.round((100 * e.loaded) / e.total)));
  request.addEventListener("load", () => {
    const to = request.getResponseHeader("HX-Redirect");
    if (to) location.assign(to);
    else replace(request.responseText);
  });
  request.addEventListener("error", () => location.reload());
  show(form, 0);
  request.send(new FormData(form));
  form.querySelector("button[type=submit]").disabled = true;
}

function dropzone(form) {
  const input = form.querySelector("input[type=file]");
  const over = (on) => (e) => {
    e.preventDefault();
    form.toggleAttribute("data-over", on);
  };
  form.addEventListener("dragover", over(true));
  form.addEventListener("dragleave", over(false));
  form.addEventListener("drop", (e) => {
    over(false)(e);
    if (!e.dataTransfer.files.length) return;
    input.files = e.dataTransfer.files;
    form.requestSubmit();
  });
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    send(form);
  });
}

function say(input) {
  const out = document.querySelector(`output[for="${input.id}"]`);
  if (out) out.textContent = `${input.value > 0 ? "+" : ""}${input.value}${out.dataset.unit}`;
}

function dress() {
  document.querySelectorAll(uploads).forEach(dropzone);
  document.querySelectorAll("#sliders input[type=range]").forEach(say);
}

dress();
document.addEventListener("input", (e) => e.target.matches("#sliders input[type=range]") && say(e.target));

// A reset stands all sliders where nothing is changed, not where the page began.
document.addEventListener("reset", (e) => {
  if (e.target.id !== "sliders") return;
  e.preventDefault();
  e.target.querySelectorAll("input[type=range]").forEach((i) => {
    i.value = 0;
    say(i);
  });
  e.target.querySelectorAll('select[name="module"]').forEach((s) => (s.value = ""));
  e.target.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("click", async (e) => {
  const link = e.target.closest("a[data-share]");
  if (!link || !navigator.clipboard) return;
  e.preventDefault();
  const at = new URL(link.getAttribute("href"), location.href);
  at.search = location.search;
  await navigator.clipboard.writeText(at.href);
  link.textContent = link.dataset.share;
});
