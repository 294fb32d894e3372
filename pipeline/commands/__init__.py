"""The command line: one file per sub-command over a run folder, in the order of the stages.

`--json` prints one JSON object per event on stdout, the last one the stage's result; without it, sentences.
"""

from pipeline.commands.ask import ask
from pipeline.commands.audit import audit
from pipeline.commands.check import check
from pipeline.commands.common import app
from pipeline.commands.dataset import dataset
from pipeline.commands.drift import drift
from pipeline.commands.evaluate import evaluate
from pipeline.commands.everything import all_stages
from pipeline.commands.export import export
from pipeline.commands.extend import extend
from pipeline.commands.publish import publish
from pipeline.commands.schema import schema
from pipeline.commands.train import train
from pipeline.commands.verify import verify

for command in (schema, dataset, extend, check, audit, verify, drift, train, evaluate, ask, export, publish):
    app.command()(command)
app.command(name="run")(all_stages)

__all__ = ["app"]
