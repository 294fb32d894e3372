"""What `pipeline/database/` says to people, in Japanese: English template → Japanese template, same {places}."""

MESSAGES: dict[str, str] = {
    (
        "The schema has {tokens:,} tokens, and the limit is {budget:,}: {inside} of {all} tables are in. Left out: {left}. "
        "Choose the tables to keep if others matter."
    ): (
        "スキーマは{tokens:,}トークンで、上限の{budget:,}を超えるため、{all}表のうち{inside}表を使います。外した表："
        "{left}。ほかの表が必要なら、残す表を指定してください。"
    ),
    "The schema is cut to the tables that the pairs use: {inside} of {all} are in. Left out: {left}.": (
        "スキーマをペアが使う表に絞りました。{all}表のうち{inside}表を使います。外した表：{left}。"
    ),
    (
        "The tables chosen, with all they refer to, are over the limit of {budget:,} tokens: {tables} did not fit. "
        "Choose fewer."
    ): (
        "指定された表は、参照先を含めると上限の{budget:,}トークンを超えます。{tables} が入りませんでした。表を減らして"
        "ください。"
    ),
    "The schema has no table {name}. Name tables that it has, such as {table}.": (
        "スキーマに表 {name} はありません。{table} のように、スキーマにある表を指定してください。"
    ),
    (
        "No table fits: {table}, the smallest with what it refers to, has {tokens} tokens; the limit is {budget}. "
        "Leave out columns that nobody asks about."
    ): (
        "入る表がありません。参照先を含めて最も小さい {table} でも{tokens}トークンで、上限は{budget}です。質問に使わない"
        "列を除いてください。"
    ),
    "The name of the schema is empty. Give it a name.": "スキーマの名前が空です。名前を付けてください。",
    "The text is empty. Paste CREATE TABLE statements, or give a .sql dump or a SQLite database file.": (
        "テキストが空です。CREATE TABLE文を貼り付けるか、.sqlダンプかSQLiteデータベースを選んでください。"
    ),
    "Line {line}: there is a zero byte, so this is no SQL text. Give a .sql dump or a SQLite database file.": (
        "{line}行目：ゼロバイトがあり、SQLのテキストではありません。.sqlダンプかSQLiteデータベースを選んでください。"
    ),
    (
        "Line {line}: a query begins here, but no table is defined. Paste the CREATE TABLE statements of the "
        "database that it asks."
    ): (
        "{line}行目：ここから問い合わせが始まりますが、表が定義されていません。問い合わせ先のデータベースのCREA"
        "TE TABLE文を貼り付けてください。"
    ),
    (
        "No CREATE TABLE was found in the text (lines: {last}). Paste the CREATE TABLE statements of the "
        "database (sqlite3 FILE .schema, pg_dump --schema-only or mysqldump --no-data write them)."
    ): (
        "テキスト（{last}行）にCREATE TABLEがありません。データベースのCREATE TABLE文を貼り付けてください（sqli"
        "te3 FILE .schema、pg_dump --schema-only、mysqldump --no-data で書き出せます）。"
    ),
    (
        "There is no CREATE TABLE outside of comments and quotes. Paste the CREATE TABLE statements of the database."
    ): "コメントと引用符の外にCREATE TABLEがありません。データベースのCREATE TABLE文を貼り付けてください。",
    (
        "Line {line}: a key of the table {table} names the column {column}, which {table} lacks. Correct the "
        "name, or add the column."
    ): (
        "{line}行目：表 {table} のキーが列 {column} を指していますが、{table} にその列はありません。名前を直す"
        "か、列を加えてください。"
    ),
    (
        "Line {line}: a foreign key refers to the column {column} of {table}, which {table} lacks. Correct the "
        "name, or add the column."
    ): (
        "{line}行目：外部キーが {table} の列 {column} を参照していますが、{table} にその列はありません。名前を"
        "直すか、列を加えてください。"
    ),
    (
        "Line {line}: the table {table} refers to the table {parent}, which is not defined. Add its CREATE "
        "TABLE, or remove the foreign key."
    ): (
        "{line}行目：表 {table} が参照する表 {parent} は定義されていません。そのCREATE TABLEを加えるか、外部キ"
        "ーを消してください。"
    ),
    (
        "Line {line}: the foreign key from {table} to {parent} has {here} columns here and {there} there. Name "
        "the same number of columns on both sides."
    ): (
        "{line}行目：{table} から {parent} への外部キーの列数が、こちらは{here}、参照先は{there}です。同じ数の"
        "列にしてください。"
    ),
    (
        "The text has {size:.1f} million characters; the limit is {limit:.0f} million. Paste the CREATE TABLE "
        "statements alone, or upload the dump as a .sql file."
    ): (
        "テキストは{size:.1f}百万文字で、上限の{limit:.0f}百万文字を超えています。CREATE TABLE文だけを貼り付け"
        "るか、ダンプを.sqlファイルとして選んでください。"
    ),
    "{path} is a folder. Name the .sql dump or the SQLite database file in it.": (
        "{path} はフォルダーです。その中の.sqlダンプかSQLiteデータベースを指定してください。"
    ),
    "There is no file {path}. Give the path of a .sql dump or of a SQLite database file.": (
        "ファイル {path} がありません。.sqlダンプかSQLiteデータベースの場所を指定してください。"
    ),
    (
        "The dump {path} has {size:.0f} MB; the limit is {limit:.0f} MB. Dump the structure alone (pg_dump "
        "--schema-only, mysqldump --no-data)."
    ): (
        "ダンプ {path} は{size:.0f} MBで、上限の{limit:.0f} MBを超えています。構造だけを書き出してください（pg_"
        "dump --schema-only、mysqldump --no-data）。"
    ),
    "The file {path} cannot be read ({error}). Check its permissions.": (
        "ファイル {path} を読めません（{error}）。アクセス権を確かめてください。"
    ),
    ("{name} is not text in UTF-8 (byte {byte:,} does not fit). Save it as UTF-8, or give a SQLite database file."): (
        "{name} はUTF-8のテキストではありません（{byte:,}バイト目が合いません）。UTF-8で保存するか、SQLiteデー"
        "タベースを選んでください。"
    ),
    ("Line {line}: one CREATE TABLE has {size:,} characters; the limit is {limit:,}. Leave out what is no column."): (
        "{line}行目：1つのCREATE TABLEが{size:,}文字で、上限の{limit:,}文字を超えています。列でないものを除いて"
        "ください。"
    ),
    "The dialect {dialect} is not known. Choose auto, sqlite, postgres, mysql, tsql, bigquery or snowflake.": (
        "方言 {dialect} は扱えません。auto、sqlite、postgres、mysql、tsql、bigquery、snowflake から選んでください。"
    ),
    "Line {line}: the table {table} has two columns named {column}. Rename or remove one of them.": (
        "{line}行目：表 {table} に列 {column} が2つあります。どちらかの名前を変えるか、消してください。"
    ),
    (
        "Line {line}: the name {name} is empty or has characters that do not print. Give the table or column a name."
    ): "{line}行目：名前 {name} が空か、表示できない文字を含んでいます。表や列に名前を付けてください。",
    "Line {line}: the table {table} is defined twice. Remove one of them.": (
        "{line}行目：表 {table} が2回定義されています。どちらかを消してください。"
    ),
    "Line {line}: the table {table} has no columns. Name them between the parentheses.": (
        "{line}行目：表 {table} に列がありません。括弧の中に列を書いてください。"
    ),
    (
        "Line {line}: with the table {table} the schema has {total} columns; the limit is {limit}. Leave "
        "out tables and columns that nobody asks about."
    ): (
        "{line}行目：表 {table} まででスキーマの列は{total}になり、上限の{limit}を超えます。質問に使わない表や列"
        "を除いてください。"
    ),
    (
        "Line {line}: {one} and {two} both hold a table {table}, and names are used without their schema. Keep "
        "one of the two."
    ): (
        "{line}行目：{one} と {two} の両方に表 {table} があります。名前はスキーマ名なしで使うため、どちらか一方"
        "にしてください。"
    ),
    "Line {line}: the quote {quote} opened here is never closed. Close it, or choose the dialect yourself.": (
        "{line}行目：ここで開いた引用符 {quote} が閉じられていません。閉じるか、方言を自分で選んでください。"
    ),
    "{file} cannot be read as a SQLite database: {reason}. Upload a .sqlite or .db file.": (
        "{file} はSQLiteデータベースとして読めません：{reason}。.sqliteか.dbのファイルを選んでください。"
    ),
    "These databases were made by version {made} of their rows, and this is version {here}, whose rows differ. "
    "Use the release and the Faker package that made them.": (
        "このデータベースは行のバージョン{made}で作られました。ここではバージョン{here}のため、同じ行になりません。"
        "作ったときと同じリリースとFakerをお使いください。"
    ),
    "SQLite refuses the schema {name}: {reason}. Simplify that statement and try again.": (
        "SQLiteがスキーマ {name} を受け付けません：{reason}。その文を簡単にして、もう一度試してください。"
    ),
    "{name} cannot be read as an SQLite database ({detail}). Choose another file.": (
        "{name} はSQLiteデータベースとして読めません（{detail}）。別のファイルを選んでください。"
    ),
    "The process that runs queries did not start. Restart the application.": (
        "SQLを実行するプロセスが起動しませんでした。アプリを起動し直してください。"
    ),
    "There is no SQL to run. Write one SELECT.": "実行するSQLがありません。SELECT文を1つ書いてください。",
    "This is not valid SQL ({detail}). Correct it and run it again.": (
        "SQLの構文が正しくありません（{detail}）。直して、もう一度実行してください。"
    ),
    "Only a SELECT may run here, not {detail}. Write one SELECT.": (
        "ここで実行できるのはSELECTだけです（{detail} は実行できません）。SELECT文を1つ書いてください。"
    ),
    "There is more than one statement. Keep one SELECT.": "文が2つ以上あります。SELECT文を1つだけにしてください。",
    "The query uses {detail}, which is not allowed here. Write it without.": (
        "このSQLが使う {detail} は、ここでは許されていません。使わずに書いてください。"
    ),
    "There is no table {detail}. Use the tables of the schema.": (
        "表 {detail} はありません。スキーマにある表を使ってください。"
    ),
    "There is no column {detail}. Use the columns of the schema.": (
        "列 {detail} はありません。スキーマにある列を使ってください。"
    ),
    "SQLite has no function {detail}. Use another one.": (
        "SQLiteに関数 {detail} はありません。別の関数を使ってください。"
    ),
    "The query was stopped after {seconds:g} s. Join or filter so that it reads fewer rows.": (
        "{seconds:g}秒で打ち切りました。結合や条件を見直して、読む行を減らしてください。"
    ),
    "The query needs too much ({detail}). Make it smaller.": (
        "このSQLは必要とする量が多すぎます（{detail}）。小さくしてください。"
    ),
    "The query could not run ({detail}). Correct it and run it again.": (
        "SQLを実行できませんでした（{detail}）。直して、もう一度実行してください。"
    ),
    "This SQL cannot be parsed ({detail}). Correct it.": (
        "このSQLは構文を読み取れません（{detail}）。直してください。"
    ),
    "There are {count} statements. Keep one SELECT.": "文が{count}つあります。SELECT文を1つだけにしてください。",
    "There is no SQL here. Write one SELECT.": "SQLがありません。SELECT文を1つ書いてください。",
    "This is not a SELECT but {kind}. Write one SELECT.": "SELECTではなく {kind} です。SELECT文を1つ書いてください。",
    "The SQL is {length} characters long; {limit} are allowed. Make it shorter.": (
        "SQLが{length}文字あり、上限の{limit}文字を超えています。短くしてください。"
    ),
    "The database {name} cannot be read ({error}). Check it with PRAGMA integrity_check, or give a .sql dump.": (
        "データベース {name} を読めません（{error}）。PRAGMA integrity_check で確かめるか、.sqlダンプを選んでください。"
    ),
    "The database {name} has no tables. Give one that has, or paste CREATE TABLE.": (
        "データベース {name} に表がありません。表のあるものを選ぶか、CREATE TABLE文を貼り付けてください。"
    ),
    (
        "The tables of {name} are described in {size:,} characters; the limit is {limit:,}. Paste the CREATE "
        "TABLE statements that matter."
    ): (
        "{name} の表の定義は{size:,}文字で、上限の{limit:,}文字を超えています。必要なCREATE TABLE文だけを貼り付"
        "けてください。"
    ),
}
