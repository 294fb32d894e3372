"""What the glossary refuses, in Japanese: English template → Japanese template."""

MESSAGES: dict[str, str] = {
    "Line {line} of the glossary has {count} values. Write name, English and Japanese, with commas.": (
        "用語集の{line}行目には値が{count}個あります。名前、英語、日本語をコンマで区切って書いてください。"
    ),
    "Line {line} of the glossary names {name}, which the schema does not have. Write a table or table.column.": (
        "用語集の{line}行目の{name}はスキーマにありません。テーブル名、または「テーブル名.列名」を書いてください。"
    ),
    "Line {line} of the glossary has the word {word}. Write plain words of at most {most} characters.": (
        "用語集の{line}行目の語{word}は使えません。記号を含まない{most}文字以内の語を書いてください。"
    ),
}
