// Demo of the choice of a text and of the field for one's own.

import { makeOwnText, makeTextChoice } from "../../../course_utils/frontend/kit/text_choice.js";
import { part } from "./part.js";

export const title = "Text choice";
export const text = "One of several sentences, and a field whose text is sent and answered: until then its button waits.";

/** @param {HTMLElement} parent @param {(text: string) => void} report */
export function demo(parent, report) {
  const sentences = ["The parcel is late.", "A much longer sentence, which does not fit into a narrow card and is cut off at its edge."];
  const choice = makeTextChoice(part(parent, "One of two sentences"), {
    name: "Sentence",
    options: sentences.map((sentence, at) => ({ value: String(at), text: sentence })),
    change: (value) => report(`chose sentence ${value}`),
  });
  const own = makeOwnText(part(parent, "A sentence of one's own"), {
    name: "Your own sentence",
    button: "Send",
    busy: "Sending ...",
    longest: 40,
    send: (sentence) => {
      choice.offer("own", "Your own sentence");
      choice.set("own");
      report(`sent "${sentence}"`);
      own.ready();
    },
  });
  makeOwnText(part(parent, "One that waits for its answer"), { name: "Waiting", button: "Send", busy: "Sending ...", longest: 40, send: () => {} });
}
