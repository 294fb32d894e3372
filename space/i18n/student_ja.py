"""What the student's room says of devices, dtypes and 4 bit, in Japanese: English template → Japanese template."""

MESSAGES: dict[str, str] = {
    "There is no dtype {dtype}. Choose float32, bfloat16 or float16.": (
        "型 {dtype} はありません。float32、bfloat16、float16 から選んでください。"
    ),
    "The {name} only emulates bfloat16. Choose float16 or float32.": (
        "{name} はbfloat16を擬似的にしか計算できません。float16 か float32 を選んでください。"
    ),
    "A CPU computes float16 very slowly. Choose float32 or bfloat16.": (
        "CPUではfloat16の計算がとても遅くなります。float32 か bfloat16 を選んでください。"
    ),
    "4 bit takes bitsandbytes, which is not installed. Run pip install -U bitsandbytes, or train without 4 bit.": (
        "4ビットに必要な bitsandbytes がインストールされていません。pip install -U bitsandbytes を実行するか、"
        "4ビットを使わずに学習してください。"
    ),
    "4 bit is for NVIDIA cards, and this machine has none. Train without 4 bit.": (
        "4ビットはNVIDIAのGPU用で、このマシンにはGPUがありません。4ビットを使わずに学習してください。"
    ),
    "There are no targets {name}. Choose all-linear or attention.": (
        "対象 {name} はありません。all-linear か attention を選んでください。"
    ),
    "trackio is not installed here. Install it with pip install trackio, or leave it out.": (
        "ここには trackio がインストールされていません。pip install trackio を実行するか、指定を外してください。"
    ),
    "The training takes about {need:.1f} GB of memory, and {free:.1f} GB are free.": (
        "学習には約{need:.1f} GBのメモリーが必要で、{free:.1f} GBが空いています。"
    ),
    "The training takes about {need:.1f} GB of memory, and {free:.1f} GB are free. It may run out: 4 bit, a smaller "
    "base or fewer tables take less.": (
        "学習には約{need:.1f} GBのメモリーが必要で、{free:.1f} GBが空いています。足りなくなるかもしれません。"
        "4ビット、小さいベース、少ない表なら少なく済みます。"
    ),
    "The training takes about {need:.1f} GB of memory, and {free:.1f} GB are free. It may run out: a smaller base "
    "or fewer tables take less.": (
        "学習には約{need:.1f} GBのメモリーが必要で、{free:.1f} GBが空いています。足りなくなるかもしれません。"
        "小さいベースか少ない表なら少なく済みます。"
    ),
    "Memory ran out: each step is now computed in more parts, of {tokens} tokens at most.": (
        "メモリーが足りなくなったため、1ステップを最大{tokens}トークンずつ、より細かく分けて計算します。"
    ),
    "Memory ran out although pairs are computed one at a time. Choose a smaller base, 4 bit, or a schema "
    "with fewer tables.": (
        "ペアを1つずつ計算しても、メモリーが足りなくなりました。小さいベース、4ビット、または表の少ないスキーマを選んでください。"
    ),
    "This base names its layers otherwise. Train all linear layers instead.": (
        "このベースは層の名前が異なります。すべての線形層を学習してください。"
    ),
    "Activation checkpointing would lose the schema between pairs. Train without it.": (
        "アクティベーションチェックポイントを使うと、ペアの間でスキーマが失われます。使わずに学習してください。"
    ),
    "{idle} more cards are here. To train on all: torchrun --nproc-per-node {all} -m -- pipeline train …": (
        "このマシンには、ほかに{idle}枚のGPUがあります。すべて使うには：torchrun --nproc-per-node {all} -m -- pipeline train …"
    ),
}
