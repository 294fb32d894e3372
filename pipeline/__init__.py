"""SQL Distillery without a face: schema → dataset → train → evaluate → publish → ask.

Imports point one way (held by `tests/test_architecture.py`):

    app → space → pipeline.run → {hub, evaluation} → {student, dataset} → database → store → {records, config, errors}

`student` and `dataset` do not know each other; what a lower room needs from a higher one is handed down as a callable.
Each outside library has one owner: `torch`/`transformers`/`peft`/`trl` in `student/`, `sqlite_utils` in `store/`,
`gradio` in `space/`. Nobody but `database/` opens a database that a person or a model had a hand in.
"""
