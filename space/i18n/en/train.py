"""English: the Train tab."""

TEXTS: dict[str, str] = {
    "train.takes": "the training pairs and a base model",
    "train.gives": "a LoRA adapter",
    "train.purpose": (
        "Tune a small model on the kept pairs. Safe to close the page: training goes on, and resumes after a stop."
    ),
    "train.purpose_in_turns": (
        "Tune a small model on the kept pairs. Keep this page open: each slice of GPU time is asked for by it."
    ),
    "train.base": "Base model",
    "train.choose": "The one that fits this machine",
    "train.why_gpu": "Qwen3-0.6B where the Hugging Face Hub answers, else SmolLM2-135M.",
    "train.epochs": "Epochs",
    "train.estimate": "{pairs} pairs, {epochs} epochs: {steps} steps.",
    "train.estimate_time": "About {time}. {said}",
    "train.start": "Train the model",
    "train.resume": "Resume training",
    "train.again": "Train again",
    "train.stop": "Stop and save",
    "train.score": "Score it",
    "train.rate": "Learning rate",
    "train.rank": "LoRA rank",
    "train.batch": "Pairs in one step",
    "train.minutes": "Time limit in minutes",
    "train.minutes_info": "0 is no limit.",
    "train.no_pairs": "No pairs to train on. Write some first.",
    "train.empty": "Nothing trained yet. Press “Train the model”.",
    "train.empty_hint": "The loss curve and the time left appear here.",
    "train.where": "Epoch {epoch} of {epochs} · step {step} of {steps}",
    "train.loss": "Loss",
    "train.step": "Step",
    "train.speed": "Tokens/s",
    "train.left": "Time left",
    "train.loss_title": "Loss on the SQL",
    "train.axis": "training step",
    "train.curve": "Loss fell from {first} to {last} by step {step}",
    "train.stopped": "Stopped at step {step} of {steps}. Saved.",
    "train.done": "Trained in {time}. Loss {first} → {last}. Saved: adapter, {size}.",
    "train.command": "The same on the command line",
}
