"""Traditional characters of names, and of the words around them, read as simplified ones."""

from typing import Final

_PAIRS: Final = (
    "親亲啟启對对應应將将還还沒没為为讓让過过領领簽签從从來来報报發发給给這这個个請请問问該该幫帮說说話话電电師师訂订單单"
    "張张劉刘陳陈楊杨趙赵黃黄吳吴孫孙馬马羅罗鄭郑謝谢韓韩馮冯蕭萧鄧邓許许葉叶呂吕蘇苏盧卢蔣蒋賈贾閻阎餘余鐘钟鍾钟譚谭"
    "鄒邹陸陆顧顾賀贺賴赖龔龚龐庞蘭兰嚴严韋韦畢毕聶聂閆闫歐欧駱骆閔闵婁娄寧宁莊庄繆缪齊齐錢钱湯汤萬万龍龙溫温關关簡简"
    "榮荣費费連连紀纪項项華华車车顏颜陽阳強强濱滨鄔邬鄺邝齡龄偉伟國国麗丽靜静潔洁軍军傑杰濤涛剛刚鵬鹏紅红輝辉義义興兴"
    "飛飞順顺聰聪貴贵寶宝鳳凤瑩莹穎颖藝艺慶庆澤泽鴻鸿銘铭凱凯賢贤達达進进遠远運运鈞钧鋒锋錦锦鎮镇雲云韻韵頌颂顯显鶴鹤"
    "長长門门開开曉晓豐丰業业東东樂乐書书會会們们倫伦偵侦億亿俠侠詩诗詠咏儀仪勝胜勇勇嬌娇學学實实愛爱戰战時时曄晔棟栋"
    "楓枫榕榕歡欢淵渊潤润瀅滢煒炜燁烨瑋玮瓊琼禮礼維维緯纬緒绪絲丝綺绮綠绿羣群聖圣職职莖茎薔蔷藍蓝誠诚諾诺豔艳貝贝賓宾"
    "軒轩輪轮農农鄰邻釗钊鈴铃鈺钰鉑铂鑾鸾錚铮鐵铁霽霁靈灵韜韬頤颐颯飒駿骏驊骅鯤鲲鷗鸥麥麦龜龟點点見见樓楼間间號号樣样"
)

_TABLE: Final = str.maketrans(_PAIRS[::2], _PAIRS[1::2])


def simplified(text: str) -> str:
    """
    The text with the traditional characters of names as simplified ones. Nothing moves.
    """
    return text.translate(_TABLE)
