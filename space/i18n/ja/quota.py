"""Japanese: the GPU time of a visitor on ZeroGPU."""

TEXTS: dict[str, str] = {
    "quota.daily": (
        "1日のGPUの時間は、ログインなしで2分、無料アカウントで5分、PROで40分です。1秒は{factor}秒と数えられます。"
    ),
    "quota.slices": "GPUの時間を約{n}回確保します。",
    "quota.slices.one": "GPUの時間を1回ほど確保します。",
    "quota.used": "この作業で使ったGPUの時間: {time}。",
    "quota.left": "残り約{time}（{ago}前の情報）。",
    "quota.next": "次は{time}を確保します。",
}
