"""What the room of the Hugging Face Hub says, in Japanese: English template → Japanese template with the same {places}."""

MESSAGES: dict[str, str] = {
    # The way to the Hub
    "There is no token. Paste one with write access from huggingface.co/settings/tokens, or log in with: hf auth login": (
        "トークンがありません。huggingface.co/settings/tokens で書き込み権限のあるトークンを作って貼り付けるか、"
        "hf auth login でログインしてください。"
    ),
    "You are not signed in. Press “Sign in with Hugging Face”, then upload again.": (
        "サインインしていません。「Sign in with Hugging Face」を押してから、もう一度アップロードしてください。"
    ),
    "That is not a token. Paste one that starts with hf_ from huggingface.co/settings/tokens.": (
        "トークンではありません。huggingface.co/settings/tokens にある、hf_ で始まるものを貼り付けてください。"
    ),
    "The Hub refused the token (401). Make a new one with write access at huggingface.co/settings/tokens.": (
        "トークンが受け付けられませんでした（401）。"
        "huggingface.co/settings/tokens で書き込み権限のあるものを作り直してください。"
    ),
    "The Hub refused the sign-in ({status}). Sign out and in again, and allow this app to create repositories.": (
        "サインインが受け付けられませんでした（{status}）。いったんサインアウトして入り直し、"
        "このアプリにリポジトリの作成を許可してください。"
    ),
    "The token may read but not write. Make one with write access at huggingface.co/settings/tokens.": (
        "このトークンには書き込み権限がありません。huggingface.co/settings/tokens で作り直してください。"
    ),
    "You may not write to {repo}. Name a repository of your own, such as {own}.": (
        "{repo} に書き込む権限がありません。{own} のように、自分のリポジトリの名前にしてください。"
    ),
    "{repo} cannot be the name of a repository. Write it as USER/NAME, with letters, digits, -, _ and dots.": (
        "{repo} はリポジトリの名前にできません。英数字と -、_、ドットを使って、USER/NAME の形で書いてください。"
    ),
    "The Hugging Face Hub at {endpoint} does not answer. Check the network and try again.": (
        "Hugging Face Hub（{endpoint}）から応答がありません。ネットワークを確かめて、もう一度試してください。"
    ),
    "The Hugging Face Hub asks to slow down (429). Wait five minutes and try again.": (
        "Hugging Face Hubのアクセス数の上限に達しました（429）。5分待って、もう一度試してください。"
    ),
    "The Hugging Face Hub answered with an error ({status}). Wait a minute and try again.": (
        "Hugging Face Hubがエラーを返しました（{status}）。1分待って、もう一度試してください。"
    ),
    "The server at {endpoint} does not answer like the Hugging Face Hub. Check HF_ENDPOINT and the network's proxy.": (
        "{endpoint} の応答がHugging Face Hubのものではありません。HF_ENDPOINTとネットワークのプロキシを確かめてください。"
    ),
    "{repo} is already there and was not made by SQL Distillery. Choose another name.": (
        "{repo} はすでにあり、SQL Distilleryが作ったものではありません。別の名前にしてください。"
    ),
    "{repo} was changed on the Hub while we wrote to it. Try again.": (
        "アップロードのあいだに、{repo} がHubで変更されました。もう一度試してください。"
    ),
    "The Hub refused the card of {repo}: {why}. Name a base by its id on the Hub and train again.": (
        "{repo} のカードがHubに受け付けられませんでした：{why}。ベースモデルをHubのidで指定して、学習し直してください。"
    ),
    "The Hub did not take the files of {repo}: {why}. Try again.": (
        "{repo} のファイルがHubに受け付けられませんでした：{why}。もう一度試してください。"
    ),
    "There is no {repo} on the Hub, or this token may not see it. Check the name, or give a token that may.": (
        "{repo} はHubにないか、このトークンでは見られません。名前を確かめるか、権限のあるトークンを入れてください。"
    ),
    # Uploading
    "Everyone can see {repo}, and you asked for a private upload. Choose “Everyone”, or another name, or make it private "
    "at {settings}": (
        "{repo} はすべての人に公開されていますが、非公開でのアップロードが選ばれています。"
        "「すべての人」を選ぶか、別の名前にするか、{settings} で非公開にしてください。"
    ),
    "{repo} is private, and you asked for an upload that everyone can see. Choose “Only me”, or make it public at "
    "{settings}": (
        "{repo} は非公開ですが、公開でのアップロードが選ばれています。「自分だけ」を選ぶか、{settings} で公開にしてください。"
    ),
    "There is nothing to upload. Choose the adapter, or write pairs first.": (
        "アップロードするものがありません。アダプターを選ぶか、先にペアを作ってください。"
    ),
    "Nothing is half-written: a repository gets all its files at once, or none. Upload again to go on.": (
        "書きかけのものはありません。リポジトリには、すべてのファイルが一度に入るか、何も入らないかです。"
        "もう一度アップロードすると続きから進みます。"
    ),
    "The adapter is at {adapter}. Upload again, and only what is missing is sent.": (
        "アダプターは {adapter} にあります。もう一度アップロードすると、足りないものだけを送ります。"
    ),
    "Asking the Hub": "Hubに確認しています",
    "Uploading the adapter": "アダプターをアップロードしています",
    "Uploading the pairs": "ペアをアップロードしています",
    # Adapters taken from elsewhere
    "{source} is a folder of the server. Name an adapter by its id on the Hub.": (
        "{source} はサーバーのフォルダーです。アダプターはHubのidで指定してください。"
    ),
    "There is no adapter in {source}: {file} is missing. Name a folder or a repository in PEFT layout.": (
        "{source} にアダプターがありません：{file} が見つかりません。PEFT形式のフォルダーかリポジトリを指定してください。"
    ),
    "{file} of {source} has {megabytes} MB, more than the {most} MB that an adapter may have. Choose another.": (
        "{source} の {file} は {megabytes} MBあり、アダプターの上限の {most} MBを超えています。別のものを選んでください。"
    ),
    "The adapter in {source} cannot be used: its {name} is {value}. Only plain LoRA adapters are loaded.": (
        "{source} のアダプターは使えません：{name} が {value} です。読み込めるのは通常のLoRAアダプターだけです。"
    ),
    "The weights in {source} cannot be read: {why}. Download or copy the adapter again.": (
        "{source} の重みを読み取れません：{why}。アダプターをもう一度ダウンロードするか、コピーし直してください。"
    ),
    "The adapter has no name. Give its id on the Hub, such as user/name, or a folder.": (
        "アダプターの名前がありません。user/name のようなHubのidか、フォルダーを指定してください。"
    ),
    "{source} brings no schema.sql. Read its schema first, then open the adapter.": (
        "{source} に schema.sql がありません。先にスキーマを読み取ってから、アダプターを開いてください。"
    ),
    "The Hugging Face Hub does not answer. The copy fetched before is used.": (
        "Hugging Face Hubから応答がありません。前に取得したものを使います。"
    ),
    "The adapter was trained with the schema written in another way. Its answers may be worse.": (
        "このアダプターは、別の書き方のスキーマで学習されています。答えの質が下がることがあります。"
    ),
    "Fetching the adapter": "アダプターを取得しています",
    # Training on a rented machine
    "Hugging Face Jobs asks for credit on your account (402). Add some at {url} and try again.": (
        "Hugging Face Jobsを使うには、アカウントにクレジットが必要です（402）。{url} で追加して、もう一度お試しください。"
    ),
    "The token may not run Jobs (403). Make one with write access and the right to run Jobs at {url}": (
        "このトークンではJobsを実行できません（403）。書き込みとJobsの実行を許可したものを {url} で作ってください。"
    ),
    "A machine cannot be rented for {time}. Give a time from 10m to 7d, such as 1h.": (
        "マシンを {time} の間借りることはできません。10mから7dまでの時間を、1hのように指定してください。"
    ),
    "There is no machine {flavor} with one card to rent. Choose one of {flavors}.": (
        "カードが1枚のマシン {flavor} は借りられません。{flavors} から選んでください。"
    ),
    "The base {base} is a folder of this machine, which a rented one cannot see. Name a base by its id on the Hub.": (
        "ベースモデル {base} はこのマシンのフォルダーで、借りたマシンからは見えません。Hubのidで指定してください。"
    ),
    "trackio logs to the machine that trains, and a rented one is given back. Leave it out, or train here.": (
        "trackioは学習するマシンに記録しますが、借りたマシンは返却されます。trackioを外すか、このマシンで学習してください。"
    ),
    "Sending the run to the rented machine": "借りたマシンにデータを送っています",
    "The training runs at {url}": "学習はここで動いています：{url}",
    "The job at {url}, which trained with other settings, is cancelled.": (
        "別の設定で学習していたジョブ（{url}）を取り消しました。"
    ),
    "The job at {url} is cancelled.": "ジョブ（{url}）を取り消しました。",
    "The job at {url} could not be cancelled. Cancel it there, so that it costs no more.": (
        "ジョブ（{url}）を取り消せませんでした。料金がかからないように、そのページで取り消してください。"
    ),
    "The private repository of this training could not be deleted. Delete it at {url}": (
        "この学習のための非公開リポジトリを削除できませんでした。次のページで削除してください：{url}"
    ),
    "The rented machine saves what it has": "借りたマシンが、ここまでの結果を保存しています",
    "The rented machine ran for {minutes:.0f} min, which costs about ${dollars:.2f}.": (
        "借りたマシンは{minutes:.0f}分動き、料金は約{dollars:.2f}ドルです。"
    ),
    "The Hub no longer tells how the job goes, but it goes on at {url}. Start the training again to follow it.": (
        "Hubからジョブの様子が届かなくなりましたが、ジョブは {url} で続いています。もう一度学習を始めると、続きを追います。"
    ),
    "The {minutes:.0f} min paid for were over before anything was saved. Rent a faster machine, or for longer.": (
        "何も保存されないうちに、借りた{minutes:.0f}分が終わりました。速いマシンにするか、時間を長くしてください。"
    ),
    "The job ended as {stage}: {why}. Its log is at {url}. Start the training again to pay for another.": (
        "ジョブが {stage} で終わりました：{why}。ログは {url} にあります。"
        "もう一度学習を始めると、新しいジョブの料金がかかります。"
    ),
    (
        "The {minutes:.0f} min paid for were over at step {step}, and what was learned is here. Start the training again to "
        "pay for the rest."
    ): (
        "借りた{minutes:.0f}分がステップ{step}で終わりました。そこまでの結果は手元にあります。"
        "もう一度学習を始めると、残りの分の料金がかかります。"
    ),
}
