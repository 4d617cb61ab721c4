// The network strip. It is made once and then updated in place, so that keyboard users keep the focus.

// From the lowest rate to the highest; every text has a contrast of at least 4.5 on its colour.
const RATES = [
  { from: 0, back: "#d6e6f2", text: "#1a1a1a" },
  { from: 3e-5, back: "#8fc1e3", text: "#1a1a1a" },
  { from: 3e-4, back: "#0072b2", text: "#ffffff" },
  { from: 3e-3, back: "#003f66", text: "#ffffff" },
];
const NO_RATE = { back: "#e3e3e0", text: "#1a1a1a" };
const FULL_BAR = 0.1; // relative drift; if a block moves farther, all bars shrink

function element(tag, className, parent, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  parent.append(made);
  return made;
}

function makeBlock(list, name, number, id, toggle) {
  const item = element("li", "network-strip-block", list);
  const button = element("button", "network-strip-lock", item);
  button.type = "button";
  button.dataset.lmSuppressShortcuts = "true"; // otherwise JupyterLab takes letters and Enter
  element("span", "network-strip-aside", button, "Lock ");
  element("span", "network-strip-name", button, name);
  const state = element("span", "network-strip-state", button);
  state.setAttribute("aria-hidden", "true"); // aria-pressed says it
  const rate = element("span", "network-strip-rate", item);
  const drift = element("span", "network-strip-drift", item);
  const bar = element("span", "network-strip-bar", element("span", "network-strip-track", item));
  rate.id = `${id}-rate-${number}`;
  drift.id = `${id}-drift-${number}`;
  button.setAttribute("aria-describedby", `${rate.id} ${drift.id}`);
  button.addEventListener("click", () => toggle(number));
  return { item, button, state, rate, drift, bar };
}

function render({ model, el }) {
  const id = `network-strip-${Math.random().toString(36).slice(2)}`;
  const strip = element("div", "network-strip", el);
  const list = element("ol", "network-strip-blocks", strip);
  list.setAttribute("aria-label", "The network, from the pictures to the head");
  const summary = element("p", "network-strip-summary", strip);
  summary.setAttribute("role", "status");

  const toggle = (number) => {
    model.set("locked", model.get("locked").map((locked, i) => (i === number ? !locked : locked)));
    model.save_changes();
  };
  const blocks = model.get("blocks").map((name, i) => makeBlock(list, name, i, id, toggle));

  const showLocks = () => {
    model.get("locked").forEach((locked, i) => {
      const { item, button, state } = blocks[i];
      item.classList.toggle("network-strip-locked", locked);
      button.setAttribute("aria-pressed", String(locked));
      state.textContent = locked ? "locked" : "learns";
    });
  };
  const show = () => {
    const shown = model.get("shown");
    const full = Math.max(FULL_BAR, ...shown.drift);
    blocks.forEach(({ rate, drift, bar }, i) => {
      const value = shown.rates[i];
      const { back, text } = value === null ? NO_RATE : RATES.findLast((step) => value >= step.from);
      rate.style.setProperty("background", back);
      rate.style.setProperty("color", text);
      rate.textContent = shown.rateWords[i];
      drift.textContent = shown.driftWords[i];
      bar.style.setProperty("width", `${(100 * shown.drift[i]) / full}%`);
    });
    // A live region speaks when its text is set, even to the same words.
    if (summary.textContent !== shown.summary) summary.textContent = shown.summary;
    summary.classList.toggle("network-strip-moving", shown.moving);
  };
  model.on("change:locked", showLocks);
  model.on("change:shown", show);
  showLocks();
  show();
}

export default { render };
