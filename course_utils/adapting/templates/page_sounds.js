// What the model takes of a recording: one channel at 16 kHz, the loudest part, filled up with silence.
export const problem = "is not a recording that this browser can read: save it as WAV or MP3.";

export async function prepared(file, length) {
  const context = new OfflineAudioContext(1, 1, 16000); // decodes to its own rate
  const sound = await context.decodeAudioData(await file.arrayBuffer());
  const channels = Array.from({ length: sound.numberOfChannels }, (_, number) => sound.getChannelData(number));
  const wave = Float32Array.from(channels[0], (_, at) => channels.reduce((sum, one) => sum + one[at], 0) / channels.length);
  const values = new Float32Array(length);
  values.set(wave.subarray(loudest(wave, length)).subarray(0, length));
  return { type: "float32", values, shape: [1, length] };
}

// Where the loudest stretch of so many samples begins.
export function loudest(wave, length) {
  let energy = 0;
  let most = 0;
  let best = 0;
  for (let at = 0; at < wave.length; at += 1) {
    energy += wave[at] ** 2 - (at >= length ? wave[at - length] ** 2 : 0);
    if (at >= length && energy > most) [most, best] = [energy, at - length + 1];
    else if (at < length) most = energy;
  }
  return best;
}
