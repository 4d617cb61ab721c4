// First in the box of a lab or a form, and unseen: it keeps the box's keys, and speaks once the kernel is gone.

const GONE =
  "The kernel behind this is gone, so nothing here answers. Run the notebook again, from its first cell on.";

function render({ model, el }) {
  el.classList.add("course-guard");
  el.setAttribute("role", "status");

  // Whatever gets the focus in the box is marked, so that JupyterLab leaves its keys alone.
  const mark = ({ target }) => {
    if (el.parentElement?.contains(target)) target.setAttribute("data-lm-suppress-shortcuts", "true");
  };
  mark({ target: document.activeElement });
  document.addEventListener("focusin", mark);

  // Told to every widget when its line to the kernel is cut. A click on one of them would be an error then.
  model.on("comm_live_update", () => {
    for (const part of el.parentElement.children) part.inert = part !== el;
    el.style.display = "block";
    el.textContent = GONE;
  });
  return () => document.removeEventListener("focusin", mark);
}

export default { render };
