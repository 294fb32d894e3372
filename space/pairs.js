// A click on a row, or Enter on its question, tells the server which pair is meant; runs once in the list's component.
const tell = (pair) => {
  const field = document.querySelector("#picked textarea, #picked input");
  field.value = pair;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
let focused = null, follow = 0;
element.addEventListener("click", (event) => {
  const row = event.target.closest("[data-pair]");
  if (!row || getSelection().toString()) return;
  follow = performance.now() + 1500;
  tell(`${row.dataset.pair} ${Date.now()}`); // twice the same row is still an event
});
document.addEventListener("click", ({ target }) => { if (target.closest(".pairpanel button")) follow = performance.now() + 1500; });
document.addEventListener("focusin", ({ target }) => { focused = element.contains(target) ? target.closest("[data-pair]")?.dataset.pair : null; });
const wide = matchMedia("(min-width: 761px)"); // there the picture is unfolded for good
new MutationObserver(() => {
  if (wide.matches) for (const fold of document.querySelectorAll(".coverage:not([open])")) fold.open = true;
  if (focused && document.activeElement === document.body) // the list was drawn anew under the focus
    element.querySelector(`[data-pair="${focused}"] button`)?.focus({ preventScroll: true });
  const panel = document.querySelector(".pairpanel h3");
  if (panel && performance.now() < follow) panel.closest(".pairpanel").scrollIntoView({ block: "nearest" });
}).observe(document.querySelector(".gradio-container"), { childList: true, subtree: true });
