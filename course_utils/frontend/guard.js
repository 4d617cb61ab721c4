// Invisible first child of a lab's or a form's box: it keeps the box's keys, and speaks when the kernel is gone.

const GONE =
  "The kernel behind this is gone, so nothing here answers. Run the notebook again from its first cell.";

function render({ model, el }) {
  el.classList.add("course-guard");
  el.setAttribute("role", "status");

  // Every element that gets the focus in the box is marked, so that JupyterLab leaves its keys alone.
  const mark = ({ target }) => {
    if (el.parentElement?.contains(target)) target.setAttribute("data-lm-suppress-shortcuts", "true");
  };
  mark({ target: document.activeElement });
  document.addEventListener("focusin", mark);

  // Every widget hears this when its connection to the kernel is cut. Clicking one would then be an error.
  model.on("comm_live_update", () => {
    for (const part of el.parentElement.children) part.inert = part !== el;
    el.style.display = "block";
    el.textContent = GONE;
  });
  return () => document.removeEventListener("focusin", mark);
}

export default { render };
