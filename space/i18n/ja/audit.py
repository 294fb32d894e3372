"""データセットタブの目隠し検査の日本語。"""

TEXTS = {
    "audit.title": "目隠し検査：採用したペアの誤りはどれくらい？",
    "audit.about": "無作為に選んだ50ペアを、確かめた結果を見ずに判定します。誤りの割合と信頼区間がカードに載ります。",
    "audit.begin": "検査を始める",
    "audit.again": "別のペアを選び直す",
    "audit.right": "正しい",
    "audit.wrong": "誤り",
    "audit.back": "直前の判定を取り消す",
    "audit.question": "{all}ペア中{n}番目：SQLは質問に答えていますか？",
    "audit.rows": "最初のテスト用データベースでの{n}行のうち{shown}行",
    "audit.found": "判定した{judged}ペアのうち{wrong}ペアが誤り：{share}（95%信頼区間 {low}〜{high}）。"
    "採用した{kept}ペアから選びました。",
}
