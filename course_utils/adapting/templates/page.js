// Classify a dropped picture with model.onnx, in the browser alone.
import * as ort from "./onnxruntime-web/ort.wasm.bundle.min.mjs";

ort.env.wasm.numThreads = 1; // several need headers that a plain server does not send

const at = (id) => document.getElementById(id);
const about = await (await fetch("result.json")).json();
const model = await ort.InferenceSession.create("model.onnx");
const side = about.image_size;

// The middle square on white, upright, scaled: as in training, but with the browser's own way of scaling.
async function square(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const cut = Math.min(picture.width, picture.height);
  const canvas = at("seen");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "white";
  pen.fillRect(0, 0, side, side);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, (picture.width - cut) / 2, (picture.height - cut) / 2, cut, cut, 0, 0, side, side);
  canvas.hidden = false;
  const { data } = pen.getImageData(0, 0, side, side);
  return Float32Array.from({ length: side * side * 3 }, (_, i) => data[4 * Math.floor(i / 3) + (i % 3)]);
}

async function classify(file) {
  let pixels;
  try {
    pixels = await square(file);
  } catch {
    at("said").textContent = `${file.name} is not a picture that this browser can read: save it as JPEG or PNG.`;
    return;
  }
  const inputs = { [model.inputNames[0]]: new ort.Tensor("float32", pixels, [1, side, side, 3]) };
  const chances = (await model.run(inputs))[model.outputNames[0]].data;
  const order = [...chances.keys()].sort((a, b) => chances[b] - chances[a]);
  at("answers").tBodies[0].replaceChildren(...order.map((i) => row(about.class_names[i], chances[i])));
  at("answers").hidden = false;
  at("said").textContent = `${file.name}: ${about.class_names[order[0]]}, ${percent(chances[order[0]])}`;
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

at("file").addEventListener("change", () => at("file").files[0] && classify(at("file").files[0]));
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    at("drop").classList.toggle("over", kind.startsWith("drage") || kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files[0]) classify(event.dataTransfer.files[0]);
  });
}
at("file").disabled = false;
at("said").textContent = "Ready.";
document.documentElement.dataset.ready = "";
