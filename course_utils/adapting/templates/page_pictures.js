// What the model takes of a picture: the middle square on white, upright, scaled in the browser's own way.
export const problem = "is not a picture that this browser can read: save it as JPEG or PNG.";

export async function prepared(file, side) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const cut = Math.min(picture.width, picture.height);
  const canvas = document.getElementById("seen");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "white";
  pen.fillRect(0, 0, side, side);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, (picture.width - cut) / 2, (picture.height - cut) / 2, cut, cut, 0, 0, side, side);
  canvas.hidden = false;
  const { data } = pen.getImageData(0, 0, side, side);
  const values = Float32Array.from({ length: side * side * 3 }, (_, i) => data[4 * Math.floor(i / 3) + (i % 3)]);
  return { type: "float32", values, shape: [1, side, side, 3] };
}
