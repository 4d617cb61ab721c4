// Marks whatever gets the focus in the box around this element, so that JupyterLab leaves its keys alone.

function render({ el }) {
  el.style.display = "none";
  const mark = ({ target }) => {
    if (el.parentElement?.contains(target)) target.setAttribute("data-lm-suppress-shortcuts", "true");
  };
  document.addEventListener("focusin", mark);
  return () => document.removeEventListener("focusin", mark);
}

export default { render };
