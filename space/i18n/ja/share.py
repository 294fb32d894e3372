"""Japanese: the Share tab."""

TEXTS: dict[str, str] = {
    "share.takes": "アダプター、ペア、スコア",
    "share.gives": "Hubのリポジトリ、またはzip",
    "share.purpose": "アダプター、確認済みのペア、測定したスコアを一つのファイルにまとめます。",
    "share.contents": "zipの中身",
    "share.item_adapter": "アダプター（PEFT形式）",
    "share.item_card": "測定したスコアを載せたモデルカード",
    "share.item_pairs": "ペア（学習用と評価用）",
    "share.item_schema": "スキーマとプロンプト",
    "share.pack": "zipを作る",
    "share.download": "zipをダウンロード（{size}）",
    "share.ask": "質問してみる",
    "share.empty": "まだ共有するものがありません。先にモデルを学習してください。",
}
