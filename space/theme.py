"""How the page looks: the theme of Gradio's own widgets; `styles/` hold the same values for ours, one file a tab.

Fonts come with Gradio, so nothing is fetched; Japanese falls through to the system's Gothic.
"""

from __future__ import annotations

from pathlib import Path

import gradio as gr

STYLES = [
    Path(__file__).with_name("styles") / f"{name}.css"
    for name in ("frame", "schema", "dataset", "opinion", "train", "scores", "share", "ask")
]
SCRIPT = Path(__file__).with_name("page.js")

_SANS = ["Hiragino Sans", "Hiragino Kaku Gothic ProN", "Yu Gothic UI", "Meiryo", "Noto Sans JP", "Noto Sans CJK JP"]


def theme() -> gr.themes.Base:
    """Teal for what is proved and for the next step, slate for the rest; light and dark."""
    base = gr.themes.Base(
        primary_hue="teal",
        neutral_hue="slate",
        spacing_size="sm",
        radius_size="md",
        text_size="md",
        font=[gr.themes.LocalFont("IBM Plex Sans", weights=(400, 600, 700)), *_SANS, "sans-serif"],
        font_mono=[
            gr.themes.LocalFont("IBM Plex Mono", weights=(400, 600)),
            *("ui-monospace", "Menlo", "Consolas", "Noto Sans Mono CJK JP", "monospace"),
        ],
    )
    return base.set(**_SHAPES, **_both(_COLOURS))


_SHAPES = {
    "block_shadow": "none",
    "block_radius": "8px",
    "block_border_width": "1px",
    "input_border_width": "1px",
    "input_radius": "6px",
    "input_shadow": "none",
    "input_shadow_focus": "none",
    "block_title_text_size": "13px",
    "block_title_text_weight": "600",
    "block_info_text_size": "12.5px",
    "button_border_width": "1px",
    "button_large_radius": "7px",
    "button_large_text_size": "14.5px",
    "button_small_padding": "4px 11px",
}

# Light, dark: the same values as the variables of styles/frame.css.
_COLOURS = {
    "body_background_fill": ("#f7f8f9", "#0e1115"),
    "body_text_color": ("#16191d", "#e7eaee"),
    "body_text_color_subdued": ("#5f6873", "#9aa4b0"),
    "background_fill_primary": ("#ffffff", "#15191e"),
    "background_fill_secondary": ("#f7f8f9", "#15191e"),
    "block_background_fill": ("#ffffff", "#15191e"),
    "block_border_color": ("#e3e6ea", "#2a3038"),
    "border_color_primary": ("#e3e6ea", "#2a3038"),
    "block_title_text_color": ("#16191d", "#e7eaee"),
    "block_label_text_color": ("#5f6873", "#9aa4b0"),
    "block_info_text_color": ("#5f6873", "#9aa4b0"),
    "input_background_fill": ("#ffffff", "#15191e"),
    "input_border_color": ("#cfd5db", "#343b45"),
    "input_border_color_focus": ("#0f766e", "#2fbfae"),
    "input_placeholder_color": ("#5f6873", "#9aa4b0"),
    "button_primary_background_fill": ("#0f766e", "#2fbfae"),
    "button_primary_background_fill_hover": ("#0b5b55", "#57cfc0"),
    "button_primary_border_color": ("#0f766e", "#2fbfae"),
    "button_primary_text_color": ("#ffffff", "#06201d"),
    "button_secondary_background_fill": ("#ffffff", "#15191e"),
    "button_secondary_background_fill_hover": ("#eceff2", "#222830"),
    "button_secondary_border_color": ("#cfd5db", "#343b45"),
    "button_secondary_text_color": ("#16191d", "#e7eaee"),
    "slider_color": ("#0f766e", "#2fbfae"),
    "color_accent": ("#0f766e", None),
    "color_accent_soft": ("#d5ece8", "#123a37"),
    "checkbox_background_color_selected": ("#0f766e", "#2fbfae"),
    "checkbox_border_color_selected": ("#0f766e", "#2fbfae"),
    "link_text_color": ("#0b5b55", "#7fe0d3"),
}


def _both(colours: dict[str, tuple[str, str | None]]) -> dict[str, str]:
    light = {name: pair[0] for name, pair in colours.items()}
    return light | {f"{name}_dark": pair[1] for name, pair in colours.items() if pair[1]}
