"""Who writes pairs, what to ask for, the gate that proves them, and the split into train and held-out.

A teacher (`teachers`) writes pairs; `gate` judges each on populated databases with the help of `grounding`,
`determinism`; `split` deals the kept ones by SQL template; `write` is the stage that ties them together.
"""
