"""The small model: its prompt, where its base comes from, device and dtype, LoRA training, generation.

Knows nothing of datasets, gates and scores: questions and SQL come in as text, SQL goes out as text.
"""
