// Draws charts from their specification after the page is there. No eval anywhere: expressions run in Vega's interpreter.
const here = document.querySelector("script[data-vega]");
const load = (address) => new Promise((done, failed) => {
  const script = document.createElement("script");
  script.src = address;
  script.onload = done;
  script.onerror = () => failed(new Error(address));
  document.head.append(script);
});
// Vega's own tooltip brings a style sheet that the page's policy drops; this one is a box of ours.
const box = document.createElement("div");
box.className = "vg-said";
box.hidden = true;
const say = (_handler, event, _item, value) => {
  box.hidden = value === null || value === undefined || value === "";
  if (box.hidden) return;
  box.textContent = String(value);
  box.style.left = `${Math.min(event.clientX + 12, innerWidth - box.offsetWidth - 8)}px`;
  box.style.top = `${event.clientY + 12}px`;
};
const draw = async (place, interpreter) => {
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const answer = await fetch(`${place.dataset.chart}${isDark ? "&dark=1" : ""}`, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const spec = await answer.json();
  const width = place.clientWidth;
  if (width && width < spec.layer?.[0]?.width) spec.width = width - 70;
  if (width) spec.width = Math.max(220, Math.min(width - 80, 900));
  await globalThis.vegaEmbed(place, spec, {
    ast: true, expr: interpreter, actions: false, defaultStyle: false, renderer: "svg", tooltip: say, mode: "vega-lite", logLevel: globalThis.vega.Error,
  });
  const picture = place.querySelector("svg");
  picture.setAttribute("role", "img");
  // Marks would be read out one by one without a name: the picture has one, and the table has the numbers.
  picture.querySelectorAll("[role], [aria-roledescription]").forEach((mark) => {
    for (const name of ["role", "aria-roledescription", "aria-label"]) mark.removeAttribute(name);
  });
  picture.setAttribute("aria-label", place.closest("section")?.querySelector("h2")?.textContent ?? document.title);
  place.dataset.drawn = String(Math.round(performance.now()));
};
const start = async () => {
  const places = [...document.querySelectorAll("[data-chart]")];
  if (!places.length) return;
  document.body.append(box);
  try {
    await load(here.dataset.vega);
    await load(here.dataset.vegaLite);
    await load(here.dataset.vegaEmbed);
    const { expressionInterpreter } = await import(here.dataset.interpreter);
    for (const place of places) await draw(place, expressionInterpreter);
  } catch (problem) {
    console.error(problem);
    // A place that holds a picture already keeps it.
    for (const place of places) if (!place.dataset.drawn && !place.querySelector("svg")) place.textContent = place.dataset.failed;
  }
};
start();
