"""How often the intervals of concentrations hold the truth, over the range, with weights chosen by the product.

    make study NAME=lab_intervals

Writes ``docs/studies/lab_intervals.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from headworks.lab.calibration import Curves, NoiseModel, fit_curves, pooled_noise, quantify
from headworks.lab.calibration.noise_shape import FurtherNoise

REPORT = Path(__file__).parents[1] / "docs" / "studies" / "lab_intervals.md"
SEED = 20261122
BATCHES = 6_000
LABORATORIES = 20
INTERCEPT = 0.05
# Batches of the same analyte a laboratory has seen before this one.
HISTORY = 10
# Concentrations of the controls of a batch, and how often each is measured.
CONTROLS, REPEATS = (3.0, 800.0), 3
LEVELS = {
    "6": np.array([1.0, 4, 16, 63, 250, 1000]),
    "8": np.array([1.0, 2, 5, 10, 50, 100, 500, 1000]),
    "10": np.geomspace(1, 1000, 10),
    "6 twice": np.repeat([1.0, 4, 16, 63, 250, 1000], 2),
}
# Designs and noises with seeds of their own; no prior was set on them but that shapes beyond x^1 were added for x^1.2.
FRESH_LEVELS = {
    "7": np.array([0.5, 1.5, 5, 15, 50, 100, 200]),
    "6 twice": np.repeat(np.geomspace(2, 200, 6), 2),
}
FRESH_CONTROLS = (4.0, 150.0)
FRESH_TRUTHS = np.array([2.5, 4.0, 8.0, 20.0, 60.0, 120.0, 180.0])
TRUTHS = np.array([1.2, 2.0, 5.0, 20.0, 80.0, 300.0, 900.0])


@dataclass(frozen=True)
class Noise:
    """Standard deviation ``sqrt(constant^2 + (proportional x^power)^2)``, in concentration."""

    constant: float
    proportional: float
    power: float = 1.0

    @property
    def words(self) -> str:
        """As the report writes it."""
        if self.power == 1.0:
            return f"{self.constant:g} and {100 * self.proportional:g} %"
        return f"{self.constant:g} and {self.proportional:g} x^{self.power:g}"

    def sd(self, x: np.ndarray) -> np.ndarray:
        """Standard deviation at concentrations x."""
        return np.sqrt(self.constant**2 + (self.proportional * x**self.power) ** 2)


NOISES = (
    Noise(0.0, 0.05), Noise(0.0, 0.10), Noise(0.05, 0.05), Noise(0.1, 0.05), Noise(0.15, 0.05), Noise(0.15, 0.1),
    Noise(0.1, 0.02), Noise(0.1, 0.0), Noise(0.0, 0.07, 0.5), Noise(0.0, 0.06, 0.75), Noise(0.1, 0.05, 0.5),
)  # fmt: skip

FRESH_NOISES = (
    Noise(0.03, 0.08), Noise(0.15, 0.03), Noise(0.25, 0.04), Noise(0.2, 0.0), Noise(0.0, 0.04, 1.2), Noise(0.0, 0.08, 0.6),
    Noise(0.1, 0.06, 0.8), Noise(0.0, 0.03, 1.4),
)  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """Shares of the quantified results whose bounds hold the truth, by truth; weights chosen; share of numbers."""

    held: np.ndarray
    overall: float
    weights: np.ndarray
    quantified: float


def responses(rng: np.random.Generator, slope: np.ndarray, x: np.ndarray, noise: Noise) -> np.ndarray:
    """Responses of concentrations x, a row a batch, with an intercept and the batch's slope."""
    result: np.ndarray = slope * (INTERCEPT + x + noise.sd(x) * rng.standard_normal(x.shape))
    return result


def slopes(rng: np.random.Generator, n: int) -> np.ndarray:
    """Sensitivities of n batches, as they differ from day to day."""
    return np.exp(rng.normal(0, 0.3, (n, 1)))


def coverage(levels: np.ndarray, noise: Noise, n: int, seed: int, history: int = 0, truths: np.ndarray = TRUTHS) -> Coverage:
    """Coverage of 95 % intervals in n batches with a sample at every truth; with noise learnt from earlier batches, or not.

    With a history every block of batches belongs to a laboratory of its own, which has learnt its noise from its own past.
    """
    rng = np.random.default_rng(seed)
    blocks = LABORATORIES if history else 1
    found = [_one_laboratory(rng, levels, noise, n // blocks, history, truths) for _ in range(blocks)]
    return _counted(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _one_laboratory(
    rng: np.random.Generator, levels: np.ndarray, noise: Noise, n: int, history: int, truths: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, slope = np.broadcast_to(levels, (n, levels.size)), slopes(rng, n)
    known: NoiseModel | None = None
    if history:
        past = np.broadcast_to(levels, (history, levels.size))
        known = pooled_noise(past, responses(rng, slopes(rng, history), past, noise))
    curves = fit_curves(x, responses(rng, slope, x, noise), "auto", noise=known)
    return (*_held(rng, curves, slope, noise, truths), curves.weight)


def coverage_in_product(
    levels: np.ndarray, noise: Noise, n: int, seed: int, history: int = HISTORY, *, truths: np.ndarray = TRUTHS,
    controls: tuple[float, ...] = CONTROLS,
) -> Coverage:  # fmt: skip
    """The same as a workspace evaluates: with the batch's own controls, and calibrators and controls of those before it."""
    rng = np.random.default_rng(seed)
    x, slope = np.broadcast_to(levels, (n, levels.size)), slopes(rng, n)
    at = np.broadcast_to(np.array(controls), (n, len(controls)))
    again = np.stack([responses(rng, slope, np.full((n, REPEATS), value), noise) for value in controls], axis=1)
    own = ((again - again.mean(axis=2, keepdims=True)) ** 2).sum(axis=2)
    before = np.broadcast_to(levels, (n, history, levels.size))
    then = responses(rng, np.exp(rng.normal(0, 0.3, (n, history, 1))), before, noise)
    # Within each batch before, in concentration: what the workspace keeps of it.
    free = np.full(at.shape, float(REPEATS - 1))
    past = noise.sd(at) ** 2 * rng.chisquare(history * free) if history else np.zeros(at.shape)
    further = FurtherNoise(
        np.hstack([at, at]), np.hstack([own, past]), np.hstack([free, history * free]),
        np.repeat([[False, True]], len(controls), axis=1), before, then,
    )  # fmt: skip
    curves = fit_curves(x, responses(rng, slope, x, noise), "auto", further=further)
    return _counted(*_held(rng, curves, slope, noise, truths), curves.weight)


def _held(
    rng: np.random.Generator, curves: Curves, slope: np.ndarray, noise: Noise, truths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Whether the interval of a sample at each truth holds it, and whether there is a number."""
    n = slope.size
    samples = responses(rng, slope, np.broadcast_to(truths, (n, truths.size)), noise)
    found = quantify(curves, samples, of_curve=np.broadcast_to(np.arange(n)[:, None], samples.shape))
    is_number = found.verdict == "quantified"
    return is_number & (found.lower <= truths) & (found.upper >= truths), is_number


def _counted(held: np.ndarray, is_number: np.ndarray, weights: np.ndarray) -> Coverage:
    return Coverage(
        held.sum(axis=0) / is_number.sum(axis=0), float(held.sum() / is_number.sum()),
        np.bincount(weights, minlength=3) / weights.size, float(is_number.mean()),
    )  # fmt: skip


def settings() -> Iterator[tuple[str, Noise]]:
    """Every setting of the study."""
    for noise in NOISES:
        for name in LEVELS:
            yield name, noise


def _row(noise: Noise, levels: str, found: Coverage) -> str:
    held = " | ".join(f"{100 * share:.1f}" for share in found.held)
    chosen = ", ".join(f"{100 * share:.0f}" for share in found.weights)
    return f"| {noise.words} | {levels} | {held} | {100 * found.overall:.1f} | {chosen} | {100 * found.quantified:.0f} |"


def _table(found: Iterator[tuple[Noise, str, Coverage]], truths: np.ndarray = TRUTHS) -> list[str]:
    head = "| noise at the calibrators | levels | " + " | ".join(f"{truth:g}" for truth in truths)
    lines = [head + " | all | 1, 1/x, 1/x2 chosen % | numbers % |", "|---" * (truths.size + 5) + "|"]
    return lines + [_row(*one) for one in found]


def _fresh(n: int) -> Iterator[tuple[Noise, str, Coverage]]:
    for place, noise in enumerate(FRESH_NOISES):
        for name, levels in FRESH_LEVELS.items():
            for history in (0, 3, HISTORY):
                seed = SEED + 1000 + place
                found = coverage_in_product(levels, noise, n, seed, history, truths=FRESH_TRUTHS, controls=FRESH_CONTROLS)
                yield noise, f"{name}; {history} before", found


def report(n: int = BATCHES) -> str:
    """The whole report as Markdown."""
    error = 100 * (0.95 * 0.05 / n) ** 0.5

    def product(history: int) -> list[str]:
        return _table((noise, name, coverage_in_product(LEVELS[name], noise, n, SEED, history)) for name, noise in settings())

    def alone(history: int) -> list[str]:
        return _table((noise, name, coverage(LEVELS[name], noise, n, SEED, history)) for name, noise in settings())

    parts = [
        HEAD.format(n=n, seed=SEED, error=error), *product(HISTORY), "", FIRST, "", *product(0), "", ALONE, "", *alone(0), "",
        MIDDLE.format(history=HISTORY, laboratories=LABORATORIES), "", *alone(HISTORY), "", FRESH, "",
        *_table(_fresh(n), FRESH_TRUTHS), "", TAIL,
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


HEAD = """# How often the interval of a concentration holds

Written by `python studies/lab_intervals.py`; do not edit.

Batches are simulated: a line with an intercept of 0.05 and a slope that differs from batch to batch by 30 %, calibrators over
three decades (1 to 1000), and one sample at each of seven true concentrations with the noise of the calibrators. Noise is a
constant part in units of concentration and a part in proportion to the concentration or to a power of it. Weights are chosen
by the product. {n} batches a row, seed {seed}; the Monte Carlo standard error of a coverage of 95 % is {error:.2f} percentage
points a cell. Stated coverage: 95 %, aim 93 % to 97 %. Only results with the verdict *quantified* count; *numbers* says how
many of all those are.

## As a workspace evaluates, with ten batches before

What `headworks lab evaluate` does: controls at 3 and 800, three times each, and the calibrators and controls of the batches
before add to the likelihood of every shape of noise (K5); nobody chooses a form."""
FIRST = "## The first batch of a method, with its own controls"
ALONE = """## The batch alone knows its noise

`fit_calibration` and `quantify` without anything else, or a first batch without controls."""
MIDDLE = """## Noise given by name, learnt from {history} earlier batches

`pooled_noise` of the calibrations before (K7), given to `fit_curves`; {laboratories} laboratories, each with its own past."""
FRESH = """## Designs and noises that no prior was set on

As a workspace evaluates, with no, three and ten batches before, with 7 levels of 0.5 to 200 and 6 levels of 2 to
200 twice; controls at 4 and 150."""
TAIL = """## What falls short, and what is too wide

- **With ten batches before:** from twice the lowest level up 92 % to 98 % for every noise of the first table, mostly 94 % to
  97 %. Beside the lowest level (1.2) up to 99 %: a result that would have missed from below is not reported, and a floor is
  never quite ruled out. With three batches before, in the last table, down to 90 % at the lowest sample where a floor is five
  to six times the proportional noise at the lowest of 7 levels. Noise that grows faster than in proportion (x^1.2, x^1.4) is
  held in 93 % to 98 % here with three batches before; over three decades x^1.3 in 92 % to 98 % and x^1.4 in 89 % to 97 %.
- **A batch alone, or a first one with its own controls:** noise in proportion or with a floor of up to twice it at the
  lowest level is held in 92 % to 99 % from twice the lowest level up; a floor of three times in 88 % to 92 %. **Mostly
  constant noise (0.1 and 2 %) and noise with a root are held in 82 % to 94 % near the lowest level:** the weight with the
  smallest relative deviations is then mostly 1/x2 all the same, and near the lowest level the noise shows in one or two
  residuals only. A prior that holds for these covers 99.9 % for noise in proportion, with intervals 2.6 times as wide as
  that noise asks for. **Noise that grows as x^1.2 or x^1.4 is held in 84 % to 94 % in the upper half of the range**, and
  nearly always in the lower: three residuals cannot tell it from proportional noise. Who knows the noise may say
  so (`noise=`).
- **Noise given by name** is constant and in proportion; a root is not of its form.
- Every curve here is straight. The bias of a bent one is in no interval; `degree=2` is for that.
- Samples have the noise of the calibrators. Another matrix scatters more, and only duplicates show it."""


def main() -> None:
    """Print the report and write it."""
    text = report()
    print(text)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
