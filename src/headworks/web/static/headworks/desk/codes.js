/* Codes are checked as they are typed: ISO/IEC 7064 MOD 37,36, as on the server. */
const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

export function compact(text) {
  return [...text.toUpperCase()].filter((sign) => SIGNS.includes(sign)).join("");
}

export function checkCharacter(text) {
  let rest = 36;
  for (const sign of compact(text)) {
    rest = (rest + SIGNS.indexOf(sign)) % 36 || 36;
    rest = (rest * 2) % 37;
  }
  return SIGNS[(((1 - rest) % 36) + 36) % 36];
}

/** The code as it is written, or null when a sign is wrong. */
export function readCode(text) {
  const said = compact(text);
  const parts = /^([0-9A-Z]{1,24})(\d{8})(\d{2})([0-9A-Z])$/.exec(said);
  if (!parts || checkCharacter(said.slice(0, -1)) !== parts[4]) return null;
  return parts.slice(1).join("-");
}

function watch(field, shown) {
  field.addEventListener("input", () => {
    const codes = field.value.split(/[\n,;]+/).map((code) => code.trim()).filter(Boolean);
    const wrong = codes.filter((code) => readCode(code) === null);
    shown.dataset.is = wrong.length ? "wrong" : "right";
    const words = wrong.length ? shown.dataset.wrong.replace("{codes}", wrong.slice(0, 5).join(", ")) : shown.dataset.right;
    shown.textContent = codes.length ? words.replace("{n}", codes.length) : "";
  });
}

const field = document.querySelector("[data-codes] textarea");
if (field) watch(field, document.getElementById("codes-check"));
