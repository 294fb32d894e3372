"""Japanese: the Scores tab."""

TEXTS: dict[str, str] = {
    "scores.takes": "学習前のモデル、アダプター、評価用の質問",
    "scores.gives": "両方の正解率とその区間",
    "scores.purpose": (
        "学習前と後のモデルに同じ評価用の質問を解かせます。すべてのテスト用データベースで行が一致したときだけ正解です。"
    ),
    "scores.start": "学習前と後を採点",
    "scores.start_base": "学習前だけを採点",
    "scores.again": "採点し直す",
    "scores.stop": "止めて残す",
    "scores.share": "共有する",
    "scores.base": "学習前",
    "scores.tuned": "学習後",
    "scores.gold": "正解のSQL",
    "scores.source": "質問",
    "scores.heldout": "評価用",
    "scores.own": "自分のもの",
    "scores.upload_questions": "質問を選ぶ（.jsonl）",
    "scores.upload_database": "そのデータベースを選ぶ（SQLite）",
    "scores.no_questions": "採点に使う評価用の質問がありません。先にデータを作ってください。",
    "scores.no_model": "採点する学習後のモデルがまだありません。先に学習してください。",
    "scores.empty": "まだ採点していません。「学習前と後を採点」を押してください。",
    "scores.empty_hint": (
        "評価用の{n}問での正解率と区間がここに出ます。SmolLM2-135MをCPUの2コアで採点すると約{time}です。"
    ),
    "scores.empty_hint.one": (
        "評価用の{n}問での正解率と区間がここに出ます。SmolLM2-135MをCPUの2コアで採点すると約{time}です。"
    ),
    "scores.recorded": (
        "これはアプリに付属する記録済みの例（サンプルのショップ）です。あなたの実行結果に置き換わります。"
    ),
    "scores.stopped": "{total}件中{n}件の回答で停止。すべて残っています。「続きを採点」を押すと残りだけを解かせます。",
    "scores.stopped.one": (
        "{total}件中{n}件の回答で停止。すべて残っています。「続きを採点」を押すと残りだけを解かせます。"
    ),
    "scores.resume": "続きを採点",
    "scores.report_md": "レポート（Markdown・英語）",
    "scores.report_json": "レポート（JSON）",
    "scores.accuracy": "実行での正解率",
    "scores.bar": "帯：95%区間 · n = {n}",
    "scores.said": "{model}：{accuracy}%、95%区間 {low}〜{high}、n = {n}",
    "scores.said_nothing": "{model}：まだ回答がありません",
    "scores.paired": "学習後だけが正解 {n}問、学習前だけが正解 {lost}問（{p}）。",
    "scores.paired.one": "学習後だけが正解 {n}問、学習前だけが正解 {lost}問（{p}）。",
    "scores.unproved": "まだ差があるとはいえません。この程度の差は偶然でも起こります。",
    "scores.worse": "学習後のほうが悪くなっています。ペアを増やすか、エポック数を減らして学習してください。",
    "scores.overlap": "区間は重なっていますが、質問ごとに比べると偶然とはいえない差です。",
    "scores.advice": "区間は±{width}ポイント。{count}問ほどあれば±5になります。",
    "scores.levels": "難しさ別",
    "scores.tables": "表別",
    "scores.tables_hint": "質問は、使う表のそれぞれに数えます",
    "scores.from_run": "質問：学習に使わなかったペア。",
    "scores.from_file": "質問：{file}。",
    "scores.how": (
        "{databases}個のデータベースすべてで正解のSQLと同じ行になったものを正解とします。行の順序は正解のSQLが並"
        "べ替えるときだけ見ます。"
    ),
    "scores.excluded": "答えのない{n}問は除きました。",
    "scores.excluded.one": "答えのない{n}問は除きました。",
    "scores.how_title": "回答の比べ方",
    "scores.hardware": "貪欲法で生成、{hardware}。",
    "scores.cores": "{n}コア",
    "scores.cores.one": "{n}コア",
    "scores.strict": "行、全データベース",
    "scores.set": "行の集合",
    "scores.single": "1つのデータベース",
    "scores.misses": "不正解の内訳",
    "scores.each": "質問ごとの結果",
    "scores.show": "表示する質問",
    "scores.show_all": "すべて",
    "scores.show_right": "学習後が正解",
    "scores.show_wrong": "学習後が不正解",
    "scores.show_differ": "前後で違う",
    "scores.count": "{all}問中{n}問",
    "scores.first": "最初の{n}問です。レポートにはすべてあります。",
    "scores.none_chosen": "該当する質問はありません。",
    "scores.timeout": "5秒で打ち切り",
    "kind.right": "正解",
    "kind.wrong-rows": "行が違う",
    "kind.error": "実行時エラー",
    "kind.unknown-name": "存在しない名前",
    "kind.does-not-parse": "構文の誤り",
    "kind.no-sql": "SQLなし",
    "kind.does-not-run": "実行できない",
}
