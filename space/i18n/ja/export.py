"""データセットタブでのペアのファイルの読み込みと書き出しの日本語。"""

TEXTS = {
    "export.title": "ペアをファイルにする",
    "export.about": "採用したペアをほかのツールで使えます。"
    "CSVとParquetには、作り手、レベル、型、分け方、確かめの鋭さも入ります。",
    "export.form": "形式",
    "export.part": "対象",
    "export.lines": "JSON Lines（1行に1ペア）",
    "export.csv": "CSV（Excelで開けます）",
    "export.parquet": "Parquet（列指向の表）",
    "export.messages": "会話（messages）",
    "export.sharegpt": "会話（ShareGPT）",
    "export.all": "採用したすべて",
    "export.train": "学習用",
    "export.heldout": "評価用",
    "export.make": "ファイルを作る",
    "export.download": "{file}をダウンロード（{size}）",
    "export.held": "{file}：{n}ペア。「このペアを確かめる」で確かめます。大きいため、上の欄には入れていません。",
    "export.away": "このファイルを外す",
}
