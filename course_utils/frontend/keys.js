// Marks whatever gets the focus in the box around this element, so that JupyterLab leaves its keys alone.

function render({ el }) {
  el.hidden = true;
  el.classList.add("lab-keys");
  const mark = ({ target }) => {
    if (el.parentElement?.contains(target)) target.setAttribute("data-lm-suppress-shortcuts", "true");
  };
  mark({ target: document.activeElement });
  document.addEventListener("focusin", mark);
  return () => document.removeEventListener("focusin", mark);
}

export default { render };
