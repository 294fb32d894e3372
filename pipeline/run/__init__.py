"""The stages of a run in order: read_schema → write_dataset → train → evaluate → publish, and ask.

Every stage takes the run's `Store`, yields typed events and keeps each of them in the store before handing it on, with
where the stage stands (`status`). Whoever iterates decides what to show; whoever stops iterating stops the stage.
This is the only room that knows all the others; it hands the lower ones what they need from the higher as callables.
"""

from pipeline.run.asking import Answer, ask, check_question, database_to_ask, made_up_databases, run_sql
from pipeline.run.batches import cancel_batches
from pipeline.run.dataset import LANGUAGES, check_dataset, check_key, estimate_dataset, write_dataset
from pipeline.run.drift import drift, drift_into
from pipeline.run.extend import check_extend, estimate_extend, extend
from pipeline.run.fitting import fit
from pipeline.run.glossary import keep_glossary
from pipeline.run.opinion import check_pairs, estimate_check
from pipeline.run.publishing import adapter_run, open_adapter, publish
from pipeline.run.schema import database_of, read_example, read_schema, schema_of, whole_schema_of
from pipeline.run.scoring import evaluate
from pipeline.run.training import train
from pipeline.stages import STAGES, Status, Stop, never, status

__all__ = [
    "LANGUAGES", "STAGES", "Answer", "Status", "Stop", "adapter_run", "ask", "cancel_batches", "check_dataset",
    "check_extend", "check_key", "check_pairs", "check_question", "database_of", "database_to_ask", "drift",
    "drift_into", "estimate_check",
    "estimate_dataset", "estimate_extend", "evaluate", "extend", "fit", "made_up_databases", "keep_glossary", "never",
    "open_adapter", "publish",
    "read_example", "read_schema", "run_sql", "schema_of", "status", "train", "whole_schema_of", "write_dataset",
]  # fmt: skip
