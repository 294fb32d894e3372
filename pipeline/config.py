"""The settings of every stage, in one place: frozen dataclasses with their defaults and reasons.

A stage's signature takes its config and nothing else that changes the result; unknown names are refused by the
dataclass itself. Numbers that were measured say where.
"""

from __future__ import annotations

from dataclasses import dataclass

LOCAL_VISITOR = "local"
"""The visitor of the command line and of a page that runs on somebody's own machine."""


@dataclass(frozen=True)
class SchemaConfig:
    """How much of a schema a run works on."""

    tokens: int = 4_000
    """Tokens of the schema in the prompt. The smallest bases read 8,192 in all, and each step of training and each answer
    takes time for them."""
    tables: tuple[str, ...] = ()
    """Tables to keep where the schema is larger, each with all it refers to; none lets references decide."""


USUAL_SCHEMA = SchemaConfig()


@dataclass(frozen=True)
class InstanceConfig:
    """How the test databases of a schema are made."""

    count: int = 6
    """Databases a pair must be proved on; the uploaded database, where there is one, counts as the first."""
    rows: int = 40
    """Rows a table aims at; parents get fewer, children more."""
    seed: int = 20260101


@dataclass(frozen=True)
class GateConfig:
    """How hard a pair is tried."""

    mutants: int = 40
    """Altered queries a pair's SQL is held against, at most; 0 leaves them out."""
    kill: float = 0.9
    """Share of the mutants that must give another answer on some database, those known to be equivalent left out."""


@dataclass(frozen=True)
class DatasetConfig:
    """Who writes how many pairs, and how they are split."""

    teacher: str = "offline"
    """`claude`, `offline` or `pasted`."""
    pairs: int = 400
    """A target for claude and offline; has no meaning for pasted pairs."""
    languages: tuple[str, ...] = ("en",)
    heldout_share: float = 0.1
    """Share of the kept pairs held out, by SQL template."""
    seed: int = 7
    instances: InstanceConfig = InstanceConfig()
    gate: GateConfig = GateConfig()
    model: str = "claude-haiku-5-5"
    """The Claude that writes, one of `dataset.claude.models.MODELS`."""
    max_dollars: float = 1.0
    """What Claude may cost this run in all, every start together; requests in flight cannot pass it."""
    sql_first: float = 0.25
    """Share of Claude's requests whose SQL our grammar writes, where pairs are few, and Claude words."""
    unanswerable: float = 0.1
    """Questions that the schema cannot answer, as a share of the kept pairs; they are in a file of their own."""
    batches: bool = False
    """Send Claude's requests as batches: half the price, within a day instead of at once."""


@dataclass(frozen=True)
class ExtendConfig:
    """More pairs out of those that are there."""

    values: int = 5
    """Sets of values each SQL template is to have; templates that have them get none."""
    paraphrases: int = 0
    """Other questions for each pair's SQL."""
    teacher: str = "offline"
    """Who words them: `offline` where the grammar wrote the pair, or `claude`."""
    languages: tuple[str, ...] = ()
    """Languages of the other questions; none is the pair's own."""
    model: str = DatasetConfig.model
    max_dollars: float = DatasetConfig.max_dollars
    seed: int = 7


@dataclass(frozen=True)
class TrainConfig:
    """The recipe's settings where they fit a 0.1–0.6B student."""

    base: str = ""
    """A base's id; empty lets `student.bases.choose_base` decide."""
    epochs: float = 8
    learning_rate: float = 7e-4
    rank: int = 32
    alpha: int = 64
    rslora: bool = False
    """Scale by alpha / sqrt(rank) in place of alpha / rank, which matters from rank 64 on."""
    targets: str = "all-linear"
    """The layers that get an adapter: `all-linear`, or `attention` alone."""
    batch: int = 16
    """Pairs in one optimizer step of all processes together; the schema's tokens are computed once for all of them."""
    micro_tokens: int = 0
    """Tokens after the schema that are computed at once; 0 takes what is fast here, and fits."""
    dtype: str = ""
    """Of the base: `float32`, `bfloat16` or `float16`; empty takes what suits the device."""
    four_bit: bool = False
    """Hold the base in 4 bit (NF4), for large bases on small cards."""
    warmup: float = 0.05
    """Share of the steps in which the learning rate rises."""
    weight_decay: float = 0.0
    typed: bool = True
    """Show half of the questions as people type them: in lower case, without a final mark."""
    max_minutes: float = 0.0
    """0 is no limit; when it is reached the last step is saved and the stage ends."""
    save_every: int = 20
    """Optimizer steps between checkpoints."""
    checks: int = 4
    """How often in the training the held-out pairs are looked at; 0 is never."""
    check_questions: int = 24
    """Held-out questions answered at each check; 0 takes the loss alone."""
    patience: int = 2
    """Checks in a row without a better answer after which the training ends; 0 never ends it early."""
    trackio: str = ""
    """A project of trackio that the steps are also logged to; empty logs nowhere else."""
    seed: int = 7


@dataclass(frozen=True)
class EvaluateConfig:
    """How answers are scored."""

    batch: int = 48
    """Questions decoded together, where memory holds their prompts; on two cores 48 take 1.2 times as long as 16."""
    max_new_tokens: int = 160
    limit: int = 0
    """Score only the first questions; 0 is all."""
    base_too: bool = True
    """Score the untuned base beside the tuned model."""


@dataclass(frozen=True)
class PublishConfig:
    """What goes where when a run is shared."""

    repo: str = ""
    """The adapter's repository on the Hub; its pairs go to the same name with `-pairs`. Empty makes a zip and no more."""
    public: bool = False
    adapter: bool = True
    dataset: bool = True


@dataclass(frozen=True)
class SandboxLimits:
    """What a query may use before it is stopped."""

    seconds: float = 5.0
    rows: int = 10_000
    megabytes: int = 256
    """Heap of SQLite inside the worker."""
    sql_length: int = 20_000
