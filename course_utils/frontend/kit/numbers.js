// Numbers in words, and sentences with numbers in them. Pure.

/** @param {number} value @param {number} least @param {number} most */
export function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

/** A share of 0..1 as "84%". @param {number} share */
export function percent(share) {
  return `${Math.round(100 * share)}%`;
}

/** A learning rate as it is usually written: 3e-4. @param {number} value */
export function scientific(value) {
  return value.toExponential().replace("+", "");
}

/** A count with commas between the thousands. @param {number} value */
export function count(value) {
  return value.toLocaleString("en-GB");
}

/** A count in three digits or fewer: 4.9 k, 295 k, 2.3 M. @param {number} value */
export function short(value) {
  if (value < 1000) return String(value);
  const [size, unit] = value < 999_500 ? [1e3, "k"] : [1e6, "M"];
  return `${value / size < 10 ? (value / size).toFixed(1) : Math.round(value / size)} ${unit}`;
}

/**
 * A template with every `{name}` replaced by the value of that name.
 * @param {string} template
 * @param {Record<string, string | number>} values
 */
export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => {
    if (!(name in values)) throw new Error(`The sentence "${template}" needs a value for ${whole}.`);
    return String(values[name]);
  });
}
