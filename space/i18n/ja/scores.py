"""Japanese: the Scores tab."""

TEXTS: dict[str, str] = {
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
    "scores.empty_hint": "評価用の{n}問での正解率と区間がここに出ます。",
    "scores.empty_hint.one": "評価用の{n}問での正解率と区間がここに出ます。",
    "scores.accuracy": "実行での正解率",
    "scores.bar": "帯：95%区間 · n = {n}",
    "scores.said": "{accuracy}%、95%区間 {low}〜{high}、n = {n}",
    "scores.paired": "学習後だけが正解 {gained}問、学習前だけが正解 {lost}問。",
    "scores.from_run": "質問：学習に使わなかったペア。",
    "scores.from_file": "質問：{file}。",
    "scores.how": (
        "{databases}個のデータベースすべてで正解のSQLと同じ行になったものを正解とします。行の順序は正解のSQLが並"
        "べ替えるときだけ見ます。"
    ),
    "scores.excluded": "答えのない{count}問は除きました。",
    "scores.hardware": "貪欲法で生成、{hardware}。",
    "scores.cores": "{n}コア",
    "scores.cores.one": "{n}コア",
    "scores.looser": "ほかの数え方",
    "scores.strict": "行、全データベース",
    "scores.set": "行の集合",
    "scores.single": "1つのデータベース",
    "scores.misses": "不正解の内訳",
    "scores.each": "質問ごとの結果",
    "kind.right": "正解",
    "kind.wrong-rows": "行が違う",
    "kind.does-not-run": "実行できない",
    "kind.no-sql": "SQLでない",
}
