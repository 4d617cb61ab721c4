// The browser's microphone: open it, record, close it. Nothing is sent anywhere from here.

// Runs where the sound is: hands every piece of it over.
const TAP = `registerProcessor("tap", class extends AudioWorkletProcessor {
  process([[channel]]) {
    if (channel) this.port.postMessage(channel.slice());
    return true;
  }
});`;

/**
 * @typedef {object} Microphone
 * @property {number} rate samples per second
 * @property {(seconds: number, hear: (samples: Float32Array) => void) => Promise<Float32Array>} record tells of every
 *   piece as it comes, and returns what there is after this time, or as soon as the microphone is closed
 * @property {() => void} close
 */

/** Whether pages from this address may record at all. */
export function mayRecord() {
  return Boolean(navigator.mediaDevices?.getUserMedia);
}

/**
 * Ask for the microphone and open it.
 * @returns {Promise<Microphone>}
 */
export async function openMicrophone() {
  // As it is: what phones do to speech for the sake of a call would differ from one browser to the next.
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const context = new AudioContext();
  const module = URL.createObjectURL(new Blob([TAP], { type: "text/javascript" }));
  await context.audioWorklet.addModule(module);
  URL.revokeObjectURL(module);
  const tap = new AudioWorkletNode(context, "tap", { numberOfOutputs: 0 });
  context.createMediaStreamSource(stream).connect(tap);
  await context.resume();
  let finish = () => {};
  return {
    rate: context.sampleRate,
    record: (seconds, hear) =>
      new Promise((done) => {
        /** @type {Float32Array[]} */
        const pieces = [];
        let [count, wanted] = [0, seconds * context.sampleRate];
        finish = () => {
          tap.port.onmessage = null;
          const whole = new Float32Array(count);
          pieces.reduce((at, piece) => (whole.set(piece, at), at + piece.length), 0);
          done(whole);
        };
        tap.port.onmessage = ({ data }) => {
          pieces.push(data);
          count += data.length;
          hear(data);
          if (count >= wanted) finish();
        };
      }),
    close() {
      if (context.state === "closed") return;
      finish();
      for (const track of stream.getTracks()) track.stop();
      void context.close();
    },
  };
}
