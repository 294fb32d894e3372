"""What ZeroGPU refuses, and what a training in slices tells, in Japanese: English template → Japanese template."""

MESSAGES: dict[str, str] = {
    "Asking for GPU time": "GPUの時間を確保しています",
    "Learned up to step {step}. “Resume training” goes on from what is saved.": (
        "ステップ{step}まで学習しました。「学習を再開」で、保存したところから続けられます。"
    ),
    "ZeroGPU took the GPU back before the end. Training goes on from step {step}, which is saved.": (
        "終わる前にZeroGPUがGPUを引き上げました。保存済みのステップ{step}から学習を続けます。"
    ),
    "No step fitted into {seconds} s of GPU time. Choose a smaller base model, or fewer pairs in one step.": (
        "{seconds}秒のGPUの時間では1ステップも終わりませんでした。"
        "小さいベースモデルを選ぶか、1ステップのペアを減らしてください。"
    ),
    "ZeroGPU does not give you {asked} s at once. Log in to Hugging Face and try again.": (
        "ZeroGPUでは一度に{asked}秒を使えません。Hugging Faceにログインして、もう一度お試しください。"
    ),
    (
        "This takes {asked} s of GPU time and you have {left} s left. Try again in {wait}, or log in to Hugging Face "
        "for more."
    ): (
        "GPUの時間が{asked}秒必要ですが、残りは{left}秒です。{wait} 後にもう一度お試しください。"
        "Hugging Faceにログインすると増えます。"
    ),
    "This takes {asked} s of GPU time and you have {left} s left. Try again in {wait}.": (
        "GPUの時間が{asked}秒必要ですが、残りは{left}秒です。{wait} 後にもう一度お試しください。"
    ),
    "You have used the GPU too often for today. Try again tomorrow, or log in to Hugging Face for more.": (
        "今日のGPUの利用回数の上限に達しました。明日もう一度お試しください。Hugging Faceにログインすると増えます。"
    ),
    "Hugging Face could not tell whose GPU time this is. Open the Space on huggingface.co and try again.": (
        "どなたのGPUの時間か、Hugging Faceが判別できませんでした。huggingface.coでSpaceを開き、もう一度お試しください。"
    ),
    "Your other GPU tasks hold all of your GPU time. Wait for one to end and try again.": (
        "ほかのGPUの処理が時間をすべて確保しています。終わるのを待って、もう一度お試しください。"
    ),
    "No GPU was free within a minute. Try again a little later.": (
        "1分以内に空いたGPUがありませんでした。少し待って、もう一度お試しください。"
    ),
    "This page was open for too long to ask for GPU time. Reload it and try again.": (
        "ページを開いてから時間がたち、GPUの時間を確保できなくなりました。再読み込みして、もう一度お試しください。"
    ),
    "ZeroGPU took the GPU back before the end. Try again.": (
        "終わる前にZeroGPUがGPUを引き上げました。もう一度お試しください。"
    ),
    "The GPU's process failed with {kind}. Try again, or choose a smaller base model.": (
        "GPUの処理が {kind} で失敗しました。もう一度試すか、小さいベースモデルを選んでください。"
    ),
    "The page was closed while it waited for a GPU. Try again, and keep it open.": (
        "GPUを待つ間にページが閉じられました。開いたまま、もう一度お試しください。"
    ),
    "The queue for a GPU broke off. Try again.": "GPUの順番待ちが途切れました。もう一度お試しください。",
    "ZeroGPU does not answer. Try again a little later.": (
        "ZeroGPUから応答がありません。少し待って、もう一度お試しください。"
    ),
    "The GPU's process said nothing for 20 minutes. Try again.": (
        "GPUの処理から20分間応答がありませんでした。もう一度お試しください。"
    ),
    "ZeroGPU lent no GPU: {said}. Try again a little later.": (
        "ZeroGPUからGPUを借りられませんでした: {said}。少し待って、もう一度お試しください。"
    ),
}
