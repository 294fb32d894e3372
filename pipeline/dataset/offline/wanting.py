"""What the unanswerable questions are made of: properties and things that a schema may lack, and wordings by category.

Slots: {n} and {ns} are one and many of a table's things, {col} a missing property, {thing} and {things} a missing table's,
{year} one to come. English and Japanese beside each other. One limit: a wording goes with any noun, so it is plain.
"""

from __future__ import annotations

LETTERS = 5
"""Letters by which two words count as related: warranty and warranties, colour and color."""

COLUMNS = {
    "person": (
        ("favorite color", "好きな色"), ("blood type", "血液型"), ("hobby", "趣味"), ("nickname", "あだ名"),
        ("shoe size", "靴のサイズ"), ("marital status", "婚姻状況"), ("emergency contact", "緊急連絡先"), ("photo", "写真"),
        ("native language", "母語"), ("driving licence", "運転免許"), ("insurance number", "保険証番号"),
    ),
    "place": (
        ("opening hours", "営業時間"), ("parking spaces", "駐車台数"), ("time zone", "タイムゾーン"), ("crime rate", "犯罪率"),
        ("average temperature", "平均気温"), ("website", "ウェブサイト"), ("noise level", "騒音レベル"), ("photo", "写真"),
        ("postal code", "郵便番号"), ("annual rainfall", "年間降水量"), ("number of tourists", "観光客数"),
    ),
    "thing": (
        ("carbon footprint", "二酸化炭素排出量"), ("barcode", "バーコード"), ("serial number", "シリアル番号"),
        ("photo", "写真"), ("priority", "優先度"), ("tax rate", "税率"), ("risk level", "リスクの度合い"), ("language", "言語"),
        ("last editor", "最終編集者"), ("approval status", "承認状況"),
        ("attachment", "添付ファイル"), ("warning label", "警告表示"),
    ),
}  # fmt: skip
"""Properties by the kind of what has them (`Entity.kind`), as one asks for them in English and in Japanese."""

TABLES = (
    ("supplier", "仕入先"), ("invoice", "請求書"), ("meeting", "会議"), ("vehicle", "車両"), ("appointment", "予約"),
    ("complaint", "苦情"), ("training course", "研修"), ("contract", "契約"), ("survey", "アンケート"), ("patent", "特許"),
    ("job applicant", "応募者"), ("business trip", "出張"), ("museum", "博物館"), ("airport", "空港"), ("volcano", "火山"),
    ("festival", "祭り"), ("warehouse", "倉庫"), ("newsletter", "ニュースレター"),
    ("lawsuit", "訴訟"), ("printer", "プリンター"),
    ("holiday", "休暇"), ("discount code", "割引コード"), ("safety inspection", "安全検査"), ("podcast", "ポッドキャスト"),
)  # fmt: skip
"""Things that have tables of their own, in the singular."""

WORDINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "missing-column": (
            "What is the {col} of each {n}?", "List all {ns} with their {col}.", "Which {ns} have no {col}?",
            "Show me the {ns} grouped by {col}.", "{ns} sorted by {col}", "Which {n} was the last to change its {col}?",
            "{col} of our {ns}", "How many different values of {col} do the {ns} have?",
        ),
        "missing-table": (
            "How many {things} are there?", "List the names of all {things}.", "Which {n} has the most {things}?",
            "{things} for each {n}", "Show me the newest {thing}.", "Which {ns} have no {thing}?",
            "When was the first {thing}?",
        ),
        "out-of-scope": (
            "How many {ns} do our competitors have?", "How many {ns} were deleted from this database?",
            "Which {ns} were viewed most often on the website?", "{ns} of all other companies",
            "Who was the last to look at the list of {ns}?", "How many {ns} were never entered into the system?",
            "Which {n} did the auditors check?",
        ),
        "ambiguous": (
            "Show me that {n} again.", "What about the other {n}?", "How much more is it than the other {n}?",
            "the usual {ns} please", "Which {ns} are the ones we talked about?", "Is this {n} the same as the other one?",
            "Compare them with the other {ns}.", "the {ns} from before, but the right ones",
        ),
        "subjective": (
            "Which {n} is the most beautiful?", "Which {n} do you like best?", "Are our {ns} any good?",
            "Which {ns} would you recommend to a friend?", "Which {n} is the most boring?", "Do we have too many {ns}?",
        ),
        "outside-knowledge": (
            "What does the law say about {ns}?", "What did the newspapers write about our {ns}?",
            "How many {ns} are there in the whole world?", "Who invented the first {n}?",
            "What is the weather like for our {ns} today?", "Which famous films are about a {n}?",
        ),
        "prediction": (
            "How many {ns} will there be next year?", "Which {n} will matter most in ten years?",
            "What would happen if we had twice as many {ns}?", "Will there be more {ns} in {year} than now?",
            "Forecast the number of {ns} for the next three months.", "How many {ns} will we lose by {year}?",
        ),
        "write": (
            "Delete all {ns}.", "Add a new {n}.", "Change the name of the first {n}.", "Remove every {n} nobody needs.",
            "Copy all {ns} into a new table.", "Undo the last change to the {ns}.", "Merge the {ns} that are the same.",
        ),
    },
    "ja": {
        "missing-column": (
            "各{n}の{col}は何ですか。", "すべての{n}を{col}付きで一覧にしてください。", "{col}がない{n}はどれですか。",
            "{n}を{col}ごとにまとめて見せてください。", "{n}の{col}一覧", "{col}順の{n}",
            "最近{col}が変わった{n}を教えてください。",
        ),
        "missing-table": (
            "{thing}は何件ありますか。", "{thing}の名前をすべて教えてください。", "{thing}が一番多い{n}はどれですか。",
            "{n}ごとの{thing}の数", "一番新しい{thing}を見せてください。", "{thing}がない{n}はどれですか。",
        ),
        "out-of-scope": (
            "競合他社の{n}は何件ですか。", "このデータベースから削除された{n}は何件ですか。",
            "サイトで一番よく見られた{n}はどれですか。", "ほかの会社の{n}の一覧", "{n}の一覧を最後に見たのは誰ですか。",
            "登録されなかった{n}はいくつありますか。",
        ),
        "ambiguous": (
            "あの{n}をもう一度見せてください。", "もう一つの{n}はどうですか。", "それはほかの{n}よりどれだけ多いですか。",
            "いつもの{n}をお願いします。", "先ほど話した{n}はどれですか。", "前の{n}、正しいほう",
        ),
        "subjective": (
            "一番美しい{n}はどれですか。", "あなたはどの{n}が好きですか。", "うちの{n}は良いと思いますか。",
            "友人に勧めるならどの{n}ですか。", "一番つまらない{n}はどれですか。", "{n}は多すぎると思いますか。",
        ),
        "outside-knowledge": (
            "{n}について法律では何と定められていますか。", "新聞はうちの{n}をどう書いていますか。",
            "世界中に{n}はいくつありますか。", "最初の{n}を考え出したのは誰ですか。", "{n}が出てくる有名な映画は何ですか。",
        ),
        "prediction": (
            "来年、{n}は何件になりますか。", "10年後に一番重要な{n}はどれですか。", "{n}が2倍になったらどうなりますか。",
            "{year}年には{n}は今より多くなりますか。", "今後3か月の{n}の件数を予測してください。",
        ),
        "write": (
            "{n}をすべて削除してください。", "新しい{n}を追加してください。", "最初の{n}の名前を変更してください。",
            "不要な{n}を消してください。", "{n}をすべて新しい表にコピーしてください。", "同じ{n}を一つにまとめてください。",
        ),
    },
}  # fmt: skip
"""By language and category."""
