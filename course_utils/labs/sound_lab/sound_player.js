// Play a short recorded sound. A browser allows it only after a click.

/** @type {AudioContext | undefined} */
let speakers;

/**
 * Play 8-bit samples.
 * @param {string} text their base64
 * @param {number} rate samples per second
 */
export function play(text, rate) {
  speakers ??= new AudioContext();
  const bytes = Int8Array.from(atob(text), (character) => character.charCodeAt(0));
  const buffer = speakers.createBuffer(1, bytes.length, rate);
  buffer.getChannelData(0).set(Float32Array.from(bytes, (sample) => (0.5 * sample) / 127));
  const source = speakers.createBufferSource();
  source.buffer = buffer;
  source.connect(speakers.destination);
  void speakers.resume();
  source.start();
}
