// Classify what is dropped or typed with model.onnx, in the browser alone.
import * as ort from "./onnxruntime-web/ort.wasm.bundle.min.mjs";
import { prepared, problem } from "./prepare.js";

ort.env.wasm.numThreads = 1; // several need headers that a plain server does not send

const at = (id) => document.getElementById(id);
const about = await (await fetch("result.json")).json();
const model = await ort.InferenceSession.create("model.onnx");

async function classify(given, name) {
  let input;
  try {
    input = await prepared(given, about.size);
  } catch {
    at("said").textContent = `${name} ${problem}`;
    return;
  }
  const { type, values, shape } = input;
  const inputs = { [model.inputNames[0]]: new ort.Tensor(type, values, shape) };
  const chances = (await model.run(inputs))[model.outputNames[0]].data;
  const order = [...chances.keys()].sort((a, b) => chances[b] - chances[a]);
  at("answers").tBodies[0].replaceChildren(...order.map((i) => row(about.class_names[i], chances[i])));
  at("answers").hidden = false;
  at("said").textContent = `${name}: ${about.class_names[order[0]]}, ${percent(chances[order[0]])}`;
}

function row(name, chance) {
  const line = document.createElement("tr");
  const meter = Object.assign(document.createElement("meter"), { value: chance });
  meter.setAttribute("aria-label", name);
  const head = Object.assign(document.createElement("th"), { scope: "row", textContent: name });
  const bar = document.createElement("td");
  bar.append(meter);
  const number = Object.assign(document.createElement("td"), { textContent: percent(chance) });
  number.dataset.chance = chance;
  line.append(head, bar, number);
  return line;
}

const percent = (chance) => `${(100 * chance).toFixed(0)} %`;
const file = at("file");
const text = at("text");

if (file) {
  const take = (files) => files[0] && classify(files[0], files[0].name);
  file.addEventListener("change", () => take(file.files));
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      at("drop").classList.toggle("over", kind.startsWith("drage") || kind === "dragover");
      if (kind === "drop") take(event.dataTransfer.files);
    });
  }
} else {
  text.addEventListener("change", () => text.value.trim() && classify(text.value, "This text"));
}
(file ?? text).disabled = false;
at("said").textContent = "Ready.";
document.documentElement.dataset.ready = "";
