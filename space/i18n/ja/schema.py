"""Japanese: the Schema tab."""

TEXTS: dict[str, str] = {
    "schema.takes": "CREATE TABLE文、ダンプ、またはSQLiteファイル",
    "schema.gives": "モデルが読む形のスキーマ",
    "schema.purpose": "データベースのCREATE TABLE文を貼り付けてください。貼り付けた文はそのまま実行されません。",
    "schema.start": "ひな形",
    "schema.start_shop": "ショップ（9表）",
    "schema.start_sales": "売上（1表）",
    "schema.start_own": "自分のもの",
    "schema.ddl": "スキーマ（DDL）",
    "schema.read": "スキーマを読み取る",
    "schema.anew": "新しく始める",
    "schema.dialect": "SQLの方言",
    "schema.dialect_auto": "自動で判別",
    "schema.dialect_sqlite": "SQLite",
    "schema.dialect_postgres": "PostgreSQL",
    "schema.dialect_mysql": "MySQL",
    "schema.dialect_tsql": "SQL Server",
    "schema.dialect_bigquery": "BigQuery",
    "schema.dialect_snowflake": "Snowflake",
    "schema.keep": "残す表",
    "schema.keep_info": "スキーマが大きすぎるときだけ使います。指定した表と、その参照先を必ず残します。",
    "schema.keep_hint": "注文、顧客",
    "schema.upload": ".sqlファイルかSQLiteデータベースを選ぶ",
    "schema.runs": "これまでの実行",
    "schema.counts": "{tables}表・{columns}列・外部キー{keys}本",
    "schema.tokens": "プロンプトは{n}トークン",
    "schema.list": "表の一覧（テキスト）",
    "schema.prompt": "モデルに渡すプロンプト",
    "schema.diagram": "表と参照関係",
    "schema.key": "主キー",
    "schema.nullable": "空でもよい",
    "schema.empty": (
        "まだスキーマがありません。「スキーマを読み取る」を押すとショップから始まります。自分のものを貼り付けるこ"
        "ともできます。"
    ),
    "schema.empty_hint": "ここに表の一覧、参照関係、モデルに渡す文章が出ます。",
}
