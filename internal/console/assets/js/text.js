// A problem's line: following it puts the cursor on that line of the text. The
// link leads to the text without a script as well.
document.addEventListener("click", (e) => {
  const link = e.target.closest("a[data-line]");
  const area = link && document.querySelector(link.getAttribute("href"));
  if (!(area instanceof HTMLTextAreaElement)) return;
  e.preventDefault();
  const lines = area.value.split("\n");
  const line = Math.min(Number(link.dataset.line), lines.length);
  const from = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0);
  area.focus();
  area.setSelectionRange(from, from + lines[line - 1].length);
  area.scrollTop = (line - 4) * (area.scrollHeight / lines.length);
});
