"""What the student's room says of devices, dtypes and 4 bit, in Japanese: English template → Japanese template."""

MESSAGES: dict[str, str] = {
    "There is no dtype {dtype}. Choose float32, bfloat16 or float16.": (
        "型 {dtype} はありません。float32、bfloat16、float16 から選んでください。"
    ),
    "The {name} only emulates bfloat16. Choose float16 or float32.": (
        "{name} はbfloat16を擬似的にしか計算できません。float16 か float32 を選んでください。"
    ),
    "A CPU computes float16 very slowly. Choose float32 or bfloat16.": (
        "CPUではfloat16の計算がとても遅くなります。float32 か bfloat16 を選んでください。"
    ),
    "4 bit takes bitsandbytes, which is not installed. Run pip install -U bitsandbytes, or train without 4 bit.": (
        "4ビットに必要な bitsandbytes がインストールされていません。pip install -U bitsandbytes を実行するか、"
        "4ビットを使わずに学習してください。"
    ),
    "4 bit is for NVIDIA cards, and this machine has none. Train without 4 bit.": (
        "4ビットはNVIDIAのGPU用で、このマシンにはGPUがありません。4ビットを使わずに学習してください。"
    ),
}
