// The map: keyboard and sentences on the server's picture at once; where there is WebGL, MapLibre in its place.
"use strict";
(() => {
  const here = document.currentScript;
  const setup = JSON.parse(document.getElementById("map-setup").textContent);
  const place = document.getElementById("map-place");
  const canvas = document.getElementById("map-canvas");
  const said = document.getElementById("map-said");
  const picture = place.querySelector("svg.map-picture");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const say = (text) => { said.textContent = text || said.dataset.empty; };
  const params = new URLSearchParams({ drug: setup.drug });
  // A slash in a code is part of the address; every other sign is written so that it stays one of the code.
  const written = (id) => id.split("/").map(encodeURIComponent).join("/");
  const hrefOf = (id, period) => `${setup.area.replace("AREA", () => written(id))}?${new URLSearchParams({ period, drug: setup.drug })}`;
  const fetched = async (address) => {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${answer.status} ${address}`);
    return answer.json();
  };

  // Of each area: state, class, name, sentence; what many share was sent once.
  const unpacked = (figures) => {
    for (const one of Object.values(figures.areas)) { one[0] = figures.states[one[0]]; one[3] = figures.lines[one[3]]; }
    return figures;
  };
  const figuresOf = async (asked) => unpacked(await fetched(`${setup.figures}?${asked}`));

  // The nearest place in a direction: what lies ahead counts more than what lies aside.
  const nearest = (from, all, dx, dy) => {
    let best = null, least = Infinity;
    for (const one of all) {
      const ahead = (one.x - from.x) * dx + (one.y - from.y) * dy;
      const aside = Math.abs((one.x - from.x) * dy - (one.y - from.y) * dx);
      if (ahead <= 1e-9 || aside > 2 * ahead) continue;
      const distance = ahead + 2 * aside;
      if (distance < least) { least = distance; best = one; }
    }
    return best;
  };
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const onPicture = () => {
    const links = [...picture.querySelectorAll("a[data-area]")];
    const places = links.map((link) => ({ link, x: Number(link.dataset.x), y: Number(link.dataset.y) }));
    links.forEach((link, number) => link.setAttribute("tabindex", number ? "-1" : "0"));
    for (const one of places) {
      one.link.addEventListener("focus", () => {
        links.forEach((link) => link.setAttribute("tabindex", link === one.link ? "0" : "-1"));
        say(one.link.getAttribute("aria-label"));
      });
      one.link.addEventListener("mouseenter", () => say(one.link.getAttribute("aria-label")));
      one.link.addEventListener("keydown", (event) => {
        const way = ARROWS[event.key];
        if (!way) return;
        event.preventDefault();
        nearest(one, places, ...way)?.link.focus();
      });
    }
  };

  const hasWebGL = () => {
    try {
      const test = document.createElement("canvas");
      return Boolean(test.getContext("webgl2") || test.getContext("webgl"));
    } catch { return false; }
  };

  const load = (address) => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = () => failed(new Error(address));
    document.head.append(script);
  });
  const loadStyle = (address) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    document.head.append(link);
  };

  // Patterns as pixels: diagonal lines for below the limit, dots for suppressed.
  const pattern = (size, isInk, ink, paper) => {
    const data = new Uint8Array(size * size * 4);
    for (let y = 0; y < size; y += 1) for (let x = 0; x < size; x += 1) {
      data.set([...(isInk(x, y) ? ink : paper), 255], 4 * (y * size + x));
    }
    return { width: size, height: size, data };
  };
  const colors = () => (dark.matches
    ? { ink: [232, 236, 239], paper: [18, 22, 26], edge: "#12161a", empty: "#a5afb8", line: "#e8ecef", focus: "#ff7ab8", site: "#8cc3f5" }
    : { ink: [27, 33, 38], paper: [255, 255, 255], edge: "#ffffff", empty: "#59636d", line: "#1b2126", focus: "#d1006c", site: "#0b4f8a" });
  const rgb = (parts) => `rgb(${parts.join(",")})`;
  const state = ["coalesce", ["feature-state", "state"], "not_sampled"];
  const when = (name, yes, no) => ["case", ["==", state, name], yes, no];
  const style = (cells) => {
    const its = colors();
    const classes = ["match", ["coalesce", ["feature-state", "number"], -1]];
    setup.colors.forEach((color, number) => classes.push(number, color));
    classes.push(rgb(its.paper));
    return {
      version: 8,
      sources: { cells: { type: "geojson", data: cells, promoteId: "id", buffer: 8, tolerance: 0.2, maxzoom: 12 } },
      layers: [
        { id: "paper", type: "background", paint: { "background-color": rgb(its.paper) } },
        { id: "value", type: "fill", source: "cells", paint: { "fill-color": classes, "fill-antialias": false, "fill-opacity": when("value", 1, 0) } },
        { id: "hatch", type: "fill", source: "cells", paint: { "fill-pattern": "hatch", "fill-opacity": when("below_limit", 1, 0) } },
        { id: "dots", type: "fill", source: "cells", paint: { "fill-pattern": "dots", "fill-opacity": when("suppressed", 1, 0) } },
        { id: "edge", type: "line", source: "cells", paint: { "line-color": when("value", its.edge, when("not_sampled", its.empty, its.line)), "line-width": cells.features.length > 400 ? ["interpolate", ["linear"], ["zoom"], 6, 0.25, 10, 1] : 0.8 } },
        { id: "focus", type: "line", source: "cells", paint: { "line-color": its.focus, "line-width": ["case", ["boolean", ["feature-state", "focus"], false], 3.5, 0] } },
      ],
    };
  };
  const addPatterns = (map) => {
    const its = colors();
    const hatch = pattern(8, (x, y) => (x + y) % 8 < 2, its.ink, its.paper);
    const dots = pattern(6, (x, y) => (x % 6 < 2) && (y % 6 < 2), its.ink, its.paper);
    for (const [name, image] of Object.entries({ hatch, dots })) {
      if (map.hasImage(name)) map.removeImage(name);
      map.addImage(name, image);
    }
  };

  const bounds = (cells) => {
    const found = [Infinity, Infinity, -Infinity, -Infinity];
    for (const one of cells.features) for (const polygon of one.geometry.coordinates) for (const [x, y] of polygon[0]) {
      found[0] = Math.min(found[0], x); found[1] = Math.min(found[1], y);
      found[2] = Math.max(found[2], x); found[3] = Math.max(found[3], y);
    }
    return found;
  };

  class AreaMap {
    constructor(cells, figures) {
      this.cells = cells;
      this.kept = new Map([[setup.period, figures]]);
      this.areas = figures.areas;
      this.period = setup.period;
      this.middles = new Map(cells.features.map((one) => [one.properties.id, one.properties.middle]));
      this.wide = new Map(cells.features.map((one) => [one.properties.id, one.properties.wide]));
      this.here = null;
      this.drawn = new Map();
      canvas.hidden = false;
      this.map = new globalThis.maplibregl.Map({
        container: canvas, style: style(cells), bounds: bounds(cells), fitBoundsOptions: { padding: 12 }, attributionControl: false,
        dragRotate: false, pitchWithRotate: false, touchPitch: false, keyboard: false, fadeDuration: 0, cooperativeGestures: true,
        renderWorldCopies: false, maxZoom: 14,
        locale: {
          "CooperativeGesturesHandler.WindowsHelpText": setup.words.scroll, "CooperativeGesturesHandler.MacHelpText": setup.words.scroll,
          "CooperativeGesturesHandler.MobileHelpText": setup.words.touch, "NavigationControl.ZoomIn": setup.words.zoom_in,
          "NavigationControl.ZoomOut": setup.words.zoom_out, "Map.Title": setup.words.map,
        },
      });
      this.map.addControl(new globalThis.maplibregl.NavigationControl({ showCompass: false }));
      this.names = document.createElement("div");
      this.map.getCanvasContainer().append(this.names);
      for (const name of ["load", "style.load", "idle"]) this.map.once(name, () => performance.mark(`map ${name}`));
      performance.mark("map made");
      this.map.on("style.load", () => { addPatterns(this.map); this.drawn = new Map(); this.paint(); });
      this.map.once("idle", () => { place.dataset.ready = String(Math.round(performance.now())); this.write(); });
      this.map.on("moveend", () => this.write());
      this.map.on("mousemove", "edge", () => {});
      this.map.on("mousemove", (event) => {
        const found = this.at(event.point);
        this.map.getCanvas().style.cursor = found ? "pointer" : "";
        if (found) this.point(found);
      });
      this.map.on("click", (event) => { const found = this.at(event.point); if (found) location.assign(hrefOf(found, this.period)); });
      dark.addEventListener("change", () => this.map.setStyle(style(this.cells)));
      this.listen();
      this.slide();
      this.sites();
    }

    at(point) {
      return this.map.queryRenderedFeatures(point, { layers: ["value", "hatch", "dots"] })[0]?.properties.id;
    }

    paint() {
      for (const [id, [state, number]] of Object.entries(this.areas)) {
        // Most areas stay as they are from one period to the next, and most of a large map are not sampled.
        const drawn = `${state} ${number}`;
        if ((this.drawn.get(id) ?? "not_sampled -1") === drawn) continue;
        this.drawn.set(id, drawn);
        this.map.setFeatureState({ source: "cells", id }, { state, number });
      }
    }

    point(id) {
      if (this.here === id) return;
      if (this.here) this.map.setFeatureState({ source: "cells", id: this.here }, { focus: false });
      this.here = id;
      this.map.setFeatureState({ source: "cells", id }, { focus: true });
      const [, , name, sentence] = this.areas[id];
      say(`${name}: ${sentence}`);
      place.dataset.here = id;
    }

    // Names where they have room; the others come with zooming in, and are in the table.
    write() {
      const taken = [];
      const texts = [];
      const { clientWidth, clientHeight } = canvas;
      for (const [id, middle] of this.middles) {
        if (texts.length >= 90) break;
        const { x, y } = this.map.project(middle);
        if (x < 0 || y < 0 || x > clientWidth || y > clientHeight) continue;
        const name = this.areas[id]?.[2] ?? "";
        const half = [...name].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 0x2e7f ? 11 : 6), 0) / 2;
        const room = this.map.project([middle[0] + this.wide.get(id), middle[1]]).x - x;
        if (room * 1.5 < 2 * half) continue;
        if (taken.some(([a, b, wide]) => Math.abs(a - x) < half + wide + 2 && Math.abs(b - y) < 13)) continue;
        taken.push([x, y, half]);
        const text = document.createElement("span");
        text.className = "map-name";
        text.textContent = name;
        text.style.transform = `translate(${Math.round(x - half)}px, ${Math.round(y - 5)}px)`;
        texts.push(text);
      }
      this.names.replaceChildren(...texts);
    }

    listen() {
      const target = this.map.getCanvas();
      target.setAttribute("tabindex", "0");
      target.setAttribute("role", "application");
      target.setAttribute("aria-label", `${document.getElementById("map-title").textContent}. ${setup.words.hint}`);
      target.setAttribute("aria-describedby", "map-said");
      target.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && this.here) { location.assign(hrefOf(this.here, this.period)); return; }
        if (event.key === "+" || event.key === "=") { this.map.zoomIn({ animate: false }); return; }
        if (event.key === "-") { this.map.zoomOut({ animate: false }); return; }
        const way = ARROWS[event.key];
        if (!way) return;
        event.preventDefault();
        const all = [...this.middles].map(([id, middle]) => ({ id, ...this.map.project(middle) }));
        const from = all.find((one) => one.id === this.here);
        const next = from ? nearest(from, all, ...way) : all[0];
        if (!next) return;
        this.point(next.id);
        if (next.x < 0 || next.y < 0 || next.x > canvas.clientWidth || next.y > canvas.clientHeight) {
          this.map.panTo(this.middles.get(next.id), { animate: false });
        }
      });
    }

    slide() {
      const slider = document.getElementById("period-slider");
      const input = document.getElementById("slide");
      const output = document.getElementById("slide-said");
      if (setup.periods.length < 2) return;
      slider.hidden = false;
      input.max = String(setup.periods.length - 1);
      input.value = String(setup.periods.indexOf(setup.period));
      output.textContent = setup.period;
      input.setAttribute("aria-valuetext", setup.period);
      let waiting = 0;
      input.addEventListener("input", () => {
        const period = setup.periods[Number(input.value)];
        output.textContent = period;
        input.setAttribute("aria-valuetext", period);
        clearTimeout(waiting);
        waiting = setTimeout(() => this.show(period), 80);
      });
    }

    async show(period) {
      this.wanted = period;
      try {
        if (!this.kept.has(period)) {
          this.kept.set(period, await figuresOf(new URLSearchParams({ period, drug: setup.drug })));
        }
      } catch { say(setup.words.failed); return; }
      if (this.wanted !== period) return;
      const figures = this.kept.get(period);
      this.period = period;
      this.areas = figures.areas;
      document.getElementById("map-title").textContent = figures.title;
      this.paint();
      const here = this.here;
      this.here = null;
      if (here) this.point(here);
      place.dataset.period = period;
    }

    sites() {
      const choice = document.getElementById("sites-choice");
      if (!choice) return;
      choice.hidden = false;
      const box = document.getElementById("show-sites");
      box.addEventListener("change", async () => {
        if (!this.map.getSource("sites")) {
          try {
            this.map.addSource("sites", { type: "geojson", data: await fetched(setup.sites) });
          } catch { say(setup.words.failed); return; }
          const its = colors();
          this.map.addLayer({
            id: "sites", type: "circle", source: "sites",
            paint: { "circle-radius": ["get", "radius"], "circle-color": its.site, "circle-opacity": 0.75, "circle-stroke-color": rgb(its.paper), "circle-stroke-width": 1.2 },
          });
          this.map.on("mousemove", "sites", (event) => say(event.features[0].properties.name));
          place.dataset.sites = "shown";
        }
        this.map.setLayoutProperty("sites", "visibility", box.checked ? "visible" : "none");
      });
    }
  }

  const start = async () => {
    onPicture();
    if (new URLSearchParams(location.search).get("plain") === "1" || !hasWebGL()) { place.dataset.mode = "picture"; return; }
    place.dataset.mode = "webgl";
    try {
      loadStyle(here.dataset.style);
      params.set("period", setup.period);
      const [cells, figures] = await Promise.all([fetched(setup.cells), figuresOf(params), load(here.dataset.maplibre)]);
      if (!cells.features.length) { place.dataset.mode = "picture"; return; }
      performance.mark("map fetched");
      globalThis.maplibregl.setWorkerUrl(here.dataset.worker);
      globalThis.headworksMap = new AreaMap(cells, figures);
    } catch (problem) {
      console.error(problem);
      canvas.hidden = true;
      place.dataset.mode = "picture";
      say(setup.words.failed);
    }
  };
  start();
})();
