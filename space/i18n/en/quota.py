"""English: the GPU time of a visitor on ZeroGPU."""

TEXTS: dict[str, str] = {
    "quota.daily": (
        "A day has 2 min of GPU time without login, 5 min with a free account, 40 min with PRO; each second counts as {factor}."
    ),
    "quota.slices": "About {n} slices of GPU time.",
    "quota.slices.one": "About one slice of GPU time.",
    "quota.used": "GPU time used by this run: {time}.",
    "quota.left": "Left: about {time}, told {ago} ago.",
    "quota.next": "The next slice asks for {time}.",
}
