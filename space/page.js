// What Gradio leaves out: arrow keys between the tabs, and opened folds that stay open when their list is drawn anew.
() => {
  const keys = { ArrowRight: 1, ArrowLeft: -1 };
  document.addEventListener("keydown", (event) => {
    if (event.target.role !== "tab" || !(event.key in keys)) return;
    const tabs = [...event.target.parentElement.querySelectorAll("[role=tab]")];
    const next = tabs.at((tabs.indexOf(event.target) + keys[event.key]) % tabs.length);
    next.focus();
    next.click();
  });

  const opened = new Set();
  const nameOf = (fold) => (fold.closest("tr")?.cells[0].textContent ?? "") + fold.firstElementChild.textContent;
  document.addEventListener("toggle", ({ target }) => {
    if (target.matches("details")) opened[target.open ? "add" : "delete"](nameOf(target));
  }, true);
  new MutationObserver(() => {
    if (!opened.size) return;
    for (const fold of document.querySelectorAll(".still details:not([open])")) fold.open = opened.has(nameOf(fold));
  }).observe(document.body, { childList: true, subtree: true });
}
