"""The Dataset tab's glossary in Japanese."""

TEXTS = {
    "glossary.title": "テーブルと列の呼び名",
    "glossary.about": "質問の中での呼び名です。書き換えて「呼び名を保存」を押すと、次に書くペアから使われます。",
    "glossary.own": "{n}個のテーブルと列の呼び名が変更されています。次に書くペアから使われます。",
    "glossary.own.one": "{n}個のテーブルまたは列の呼び名が変更されています。次に書くペアから使われます。",
    "glossary.keep": "呼び名を保存",
}
