"""What reading and writing tables of pairs refuses, in Japanese: English template → Japanese template."""

MESSAGES: dict[str, str] = {
    "The file {file} is no longer here. Upload it again.": (
        "{file}はもうサーバーにありません。もう一度アップロードしてください。"
    ),
    "There is no file {file}. Name a file with instruction and output: JSONL, CSV or Parquet.": (
        "ファイル{file}がありません。instructionとoutputの入ったJSONL、CSV、Parquetのどれかを指定してください。"
    ),
    "{file} has no columns for questions and SQL. It has: {columns}. Call one instruction or question, and one output or "
    "sql.": (
        "{file}に質問とSQLの列がありません（見つかった列：{columns}）。列の名前を「質問」（またはquestion）と"
        "「SQL」にしてください。"
    ),
    "{file} has no rows with pairs. Give a file with at least one question and its SQL.": (
        "{file}にペアの行がありません。質問とSQLが1組以上入ったファイルを選んでください。"
    ),
    "{file} is larger than {limit} MB, the most that is read. Split it, and give the parts one after the other.": (
        "{file}は読み込める上限の{limit}MBを超えています。分割して、1つずつ読み込んでください。"
    ),
    "Line {line} of {file} is not CSV ({why}). Put the cell into quotation marks and double those inside it, or give "
    "JSONL.": (
        "{file}の{line}行目がCSVとして読めません（{why}）。セルを引用符で囲み、中の引用符は2つ重ねてください。"
        "JSONLでも読み込めます。"
    ),
    "{file} cannot be read as {kind}: {why}. Save it again, or give it as JSONL.": (
        "{file}を{kind}として読めません（{why}）。保存し直すか、JSONLで用意してください。"
    ),
    "{file} is not a text file. Save it as JSONL, as CSV in UTF-8, or as Parquet.": (
        "{file}はテキストファイルではありません。JSONL、UTF-8のCSV、Parquetのどれかで保存してください。"
    ),
    "{name} on the Hub cannot be read: {why}. Fetch one of its files and give that.": (
        "Hubの{name}を読めません（{why}）。中のファイルをダウンロードして、それを指定してください。"
    ),
    "There is no format {name}. Choose one of: {known}.": (
        "{name}という形式はありません。次から選んでください：{known}"
    ),
    "There is no split {name}. Choose train, heldout or all.": (
        "{name}という分け方はありません。train、heldout、allから選んでください。"
    ),
    "There are no kept pairs to export ({split}). Write pairs first.": (
        "書き出せる採用ペアがありません（{split}）。先にペアを作ってください。"
    ),
    "{folder} is a folder with files. Give another name for the export.": (
        "{folder}はファイルの入ったフォルダーです。書き出し先に別の名前を指定してください。"
    ),
    "{file} cannot be written ({why}). Choose another place.": (
        "{file}に書き込めません（{why}）。別の場所を指定してください。"
    ),
}
