"""Common words of tables and columns in Japanese. English words in, Japanese out; what is not here stays as it stands."""

from __future__ import annotations

from collections.abc import Mapping

_TEXT = """
name 名前|title 題名|id 番号|number 番号|code コード|price 価格|unit price 単価|cost 原価|amount 金額|total 合計
quantity 数量|stock 在庫数|city 市|country 国|state 州|region 地域|province 州|prefecture 都道府県|address 住所
email メールアドレス|phone 電話番号|phone number 電話番号|date 日付|status 状態|type 種類|category カテゴリ
method 方法|reason 理由|role 役職|salary 給与|age 年齢|gender 性別|rating 評価|population 人口|area 面積|length 長さ
height 高さ|altitude 標高|elevation 標高|density 密度|population density 人口密度|capital 首都|capital city 首都
size 面積|weight 重さ|year 年|balance 残高|refund 返金額|manager 上司|department 部署|position 職位|score 得点
discount 割引|description 説明|order date 注文日|delivery date 配達日|release date 発売日|joining date 入会日
opening date 開店日|hire date 入社日|payment date 支払日|return date 返品日|creation date 作成日|update date 更新日
sale date 販売日|start date 開始日|end date 終了日|birth date 生年月日|date of birth 生年月日|completion date 完了日
customer 顧客|product 商品|order 注文|order item 注文明細|store 店舗|shop 店舗|employee 従業員|payment 支払い
return 返品|sale 売上|user ユーザー|merchant 加盟店|coupon クーポン|notification 通知|transaction 取引|account 口座
student 学生|teacher 教師|course 講座|book 本|author 著者|company 会社|supplier 仕入先|invoice 請求書|item 品目
patient 患者|doctor 医師|car 車|salesperson 営業担当|inventory 在庫|river 川|lake 湖|mountain 山
parent category 親カテゴリ|class クラス|school 学校|highest point 最高地点|lowest point 最低地点
highest elevation 最高標高|lowest elevation 最低標高|diagnosis 診断|drug 薬|treatment 治療|username ユーザー名
color 色|brand ブランド|model 型|make メーカー|symbol 銘柄コード|ticker 銘柄|session セッション|device 端末
"""
GLOSSARY = dict(
    (entry.rpartition(" ")[0], entry.rpartition(" ")[2])
    for line in _TEXT.split("\n")
    for entry in line.split("|")
    if entry
)
_PARTS = """
名 name|日 date|日付 date|日時 time|額 amount|金額 amount|数 count|数量 quantity|id id
番号 number|コード code|区分 type|種別 type|合計 total|マスタ master|都市 city|会員 member
担当者 employee|社員 employee|商品 product|製品 product|氏名 name|在庫 stock
月額 monthly amount|メール email|性 gender|性別 gender|日数 days|率 rate
"""
ENGLISH = {native: words for words, native in reversed(GLOSSARY.items())} | dict(
    entry.split(" ", 1) for line in _PARTS.split("\n") for entry in line.split("|") if entry
)
"""The English of Japanese names and of the parts they are made of."""
VERBS = {
    "border": "に隣接する",
    "neighbor": "の隣にある",
    "surround": "を囲む",
    "adjoin": "に接する",
    "share a border with": "と境を接する",
    "run through": "を通る",
    "flow through": "を流れる",
    "pass through": "を通過する",
    "go through": "を通る",
    "cross": "を横切る",
    "traverse": "を通る",
    "visit": "を訪れる",
    "serve": "を担当する",
}
"""Relation verbs by their English base, with the particle before them."""
DONE = {
    "ordered": "注文された",
    "delivered": "配達された",
    "released": "発売された",
    "hired": "入社した",
    "opened": "開店した",
    "paid": "支払われた",
    "returned": "返品された",
    "created": "作成された",
    "updated": "更新された",
    "sold": "販売された",
    "completed": "完了した",
    "verified": "確認された",
    "founded": "設立された",
    "joined": "入会した",
    "shipped": "出荷された",
    "started": "開始された",
    "ended": "終了した",
    "published": "出版された",
    "registered": "登録された",
    "sent": "送信された",
    "received": "受け取られた",
    "approved": "承認された",
    "cancelled": "キャンセルされた",
    "issued": "発行された",
    "born": "生まれた",
}
"""What happened on a date column's day."""


def japanese(words: str, own: Mapping[str, str]) -> str:
    """The Japanese of English words: what the run says, what is known of all or of parts of them, or the words themselves."""
    known = {**GLOSSARY, **own}
    if words in known:
        return known[words]
    first, _, rest = words.partition(" ")
    return f"{known[first]}の{known[rest]}" if first in known and rest in known else words
