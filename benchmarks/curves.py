"""The losses of our trainer and of TRL's on the same data, laid over each other as one SVG.

Same pairs in the same steps, same first weights, same schedule; what is left is rounding and the order of additions.
In: a base. Out: the picture, and the largest difference of the loss at any step.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import finish
from benchmarks.lengths import pairs_about
from benchmarks.sides import Side, run_apart
from benchmarks.training import SPEED
from pipeline.database.examples import example_schema
from pipeline.student.bases import EMBEDDED

EPOCHS = 2
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 720, 400, 64, 56, 24, 56
LINES = (("TRL SFTTrainer", "#f59e0b", 6, 0.55), ("SQL Distillery", "#1d4ed8", 2, 1.0))
"""Name, colour, width and opacity: the thin line is drawn over the thick one."""


def main() -> None:
    """Write the picture; print `max_difference`, `steps` and the seconds of both."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--out", type=Path, default=Path("docs/loss-curves.svg"))
    options.add_argument("--steps", type=int, default=40)
    options.add_argument("--base", default=EMBEDDED)
    options.add_argument("--dtype", default="float32")
    options.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    options.add_argument("--micro", type=int, default=1, help="TRL's micro-batch")
    options.add_argument("--batch", type=int, default=SPEED.batch)
    chosen = options.parse_args()
    finish(measure(chosen))


def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """Train both, draw, and compare."""
    schema = example_schema("shop")
    pairs = pairs_about(schema, chosen.batch * max(1, chosen.steps // EPOCHS))
    config = replace(SPEED, base=chosen.base, dtype=chosen.dtype, batch=chosen.batch,
                     epochs=chosen.steps * chosen.batch / len(pairs))  # fmt: skip
    ours = Side("ours", schema.to_prompt(), pairs, config)
    sides = [replace(ours, trainer="trl", micro=chosen.micro, as_ours=True), ours]
    found = [run_apart(side, chosen.device) for side in sides]
    for side, each in zip(sides, found, strict=True):
        if "failed" in each:
            raise SystemExit(f"{side.trainer}: {each['failed']}")
    plain, shared = (each["losses"] for each in found)
    apart = max(abs(a - b) for a, b in zip(plain, shared, strict=True))
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    told = f"{len(shared)} steps of {chosen.batch} pairs, {chosen.dtype}; largest difference {apart:.2g}"
    chosen.out.write_text(picture((plain, shared), told), encoding="utf-8")
    return {"max_difference": apart, "steps": len(shared), "seconds_ours": round(found[1]["steps_s"], 1),
            "seconds_trl": round(found[0]["steps_s"], 1), "loss_first": shared[0], "loss_last": shared[-1],
            "dtype": chosen.dtype, "hardware": found[1]["hardware"]}  # fmt: skip


def picture(curves: Sequence[Sequence[float]], told: str) -> str:
    """An SVG of the losses of each of `LINES`, a value a step, with axes from step 1 and from loss 0."""
    steps, most = len(curves[0]), max(map(max, curves)) * 1.05
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(step: float) -> float:
        return round(LEFT + wide * (step - 1) / max(1, steps - 1), 1)

    def y(loss: float) -> float:
        return round(TOP + high * (1 - loss / most), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="system-ui, sans-serif" font-size="13" fill="#334155">',
        f"<title>Training loss of TRL and of SQL Distillery: {told}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="24" font-size="15" font-weight="600" fill="#0f172a">Training loss, same data</text>',
        f'<text x="{LEFT}" y="43" fill="#64748b">{told}</text>',
    ]
    for loss in ticks(most):
        parts.append(f'<path d="M{LEFT} {y(loss)}H{WIDTH - RIGHT}" stroke="#e2e8f0"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(loss) + 4}" text-anchor="end">{loss:g}</text>')
    for step in sorted({1, *(int(each) for each in ticks(steps) if each >= 1 and each == int(each))}):
        parts.append(f'<text x="{x(step)}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{step}</text>')
    parts.append(f'<text x="{LEFT + wide / 2}" y="{HEIGHT - 14}" text-anchor="middle">optimizer step</text>')
    for number, (losses, line) in enumerate(zip(curves, LINES, strict=True)):
        points = " ".join(f"{x(step)},{y(loss)}" for step, loss in enumerate(losses, 1))
        parts += [_line(points, line), *_legend(number, line)]
    return "\n".join([*parts, "</svg>"]) + "\n"


def ticks(most: float) -> list[float]:
    """Round numbers from 0 to at most `most`: four to eight of them."""
    step = 10.0 ** len(str(int(most)))
    while most / step < 4:
        step /= 2 if str(step).lstrip("0.")[0] in "12" else 2.5
    return [round(step * number, 6) for number in range(int(most / step) + 1)]


def _line(points: str, line: tuple[str, str, int, float]) -> str:
    _, colour, width, opacity = line
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-opacity="{opacity}" stroke-linejoin="round"/>'
    )


def _legend(number: int, line: tuple[str, str, int, float]) -> list[str]:
    at, height = WIDTH - RIGHT - 150, TOP + 14 + 20 * number
    return [_line(f"{at},{height} {at + 28},{height}", line), f'<text x="{at + 36}" y="{height + 4}">{line[0]}</text>']


if __name__ == "__main__":
    main()
