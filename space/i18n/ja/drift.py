"""スキーマタブの、変更されたスキーマについての日本語。"""

TEXTS = {
    "drift.take": "まだ成り立つペアを引き継ぐ",
    "drift.held": "{run}の{all}ペアのうち{held}ペアは、このスキーマでも成り立ちます。",
    "drift.changes": "変わったところ",
    "drift.new_tables": "新しい表",
    "drift.gone_tables": "なくなった表",
    "drift.new_columns": "新しい列",
    "drift.gone_columns": "なくなった列",
    "drift.changed_columns": "型や値が変わった列",
    "drift.changed_keys": "キーが変わった表",
    "drift.broke": "{n}ペアが成り立たなくなりました",
    "drift.broke.one": "{n}ペアが成り立たなくなりました",
    "drift.uncovered": "どのペアも使っていないもの：",
    "drift.next": "成り立たなくなったペアは、理由とともにデータセットタブの一覧にあります。"
    "あと{n}ペアほど作り、もう一度学習してください。",
    "drift.next.one": "成り立たなくなったペアは、理由とともにデータセットタブの一覧にあります。"
    "あと数ペア作り、もう一度学習してください。",
}
