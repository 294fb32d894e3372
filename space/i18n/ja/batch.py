"""Japanese: a batch of requests at Anthropic, and the budget of a Space."""

TEXTS: dict[str, str] = {
    "batch.choice": "半額（最長1日）",
    "batch.info": "すべての依頼を1つのバッチで送ります。多くは1時間以内に戻ります。",
    "batch.waiting": "{n}件の依頼のバッチを待っています · {time}前に送信 · 1日以内に戻ります",
    "batch.away": (
        "{n}件の依頼のバッチがAnthropicにあります（{time}前に送信）。"
        "「バッチの続きから進む」でペアを受け取れます。キーをもう一度入れてください。"
    ),
    "batch.go_on": "バッチの続きから進む",
    "batch.cancel": "バッチを取り消す",
    "budget.key": "空欄ならこのSpaceのキーを使います",
    "budget.left": "費用はこのSpaceが負担します。今日の{cap}のうち、残りは{left}です。",
}
