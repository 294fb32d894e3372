"""Build the page and launch it: `python app.py`. GRADIO_SERVER_PORT chooses the port (7860)."""

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported

from space.ui import LAUNCH, build_app  # noqa: E402 - gradio must not be imported before the line above

if __name__ == "__main__":
    build_app().launch(**LAUNCH)
