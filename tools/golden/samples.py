"""Hand-written sentences and seeded text generators shared by the golden-data scripts.

Everything here was written for this project; nothing is quoted from elsewhere. All randomness comes
from the `random.Random` that the caller passes in, so the same seed gives the same lines.
"""

SCRIPTS = {
    "english": [
        "The lighthouse keeper counted seven boats before the fog rolled in.",
        "Don't undo the commit; we'll rebase it tomorrow, won't we?",
        "She said: \"It's neither cheap nor quick -- but it's ours.\"",
        "In 1987, 3.5% of the 12,400 samples (about 434) were lost.",
        "Mr. O'Neill's co-workers re-read the state-of-the-art report... twice!",
        "Is a vector a point, an arrow, or a list of numbers?",
        "THE QUICK SENTENCE WAS SHOUTED IN CAPITALS.",
        "e.g. the U.S.A., a.k.a. 'the States', vs. the E.U.",
        "Prices: $19.99, \u20ac5, \u00a37.50, \u00a51200 and 40\u00a2.",
        "Temperature fell to \u221212\u00a0\u00b0C at 06:45 a.m.",
        "\u201cCurly quotes\u201d and \u2018single ones\u2019 \u2014 an em dash \u2013 an en dash \u2026 done.",
        "Antidisestablishmentarianism and floccinaucinihilipilification are long words.",
        "A na\u00efve fianc\u00e9e's r\u00e9sum\u00e9 listed a caf\u00e9, a fa\u00e7ade and a jalape\u00f1o.",
        "x = y\u00b2 + z\u00b3; \u00bd cup, \u00be mile, 5\u2032 10\u2033, \u2248 3\u00d710\u2078 m/s",
        "We embed passages, not pages, and search returns file and line.",
        "unaffable unaffordable unbelievably rewritten tokenizations",
        "Nobody knows who moved the ladder from the orchard to the barn.",
        "Please restart the server, clear the cache and try the query again.",
        "A cold river ran past the bank where the bank had built its vault.",
        "If the index is stale, rebuild it; if the store is damaged, verify it.",
    ],
    "french": [
        "L'\u00e9t\u00e9 dernier, No\u00ebl et Zo\u00e9 ont mang\u00e9 des \u0153ufs \u00e0 la cr\u00e8me br\u00fbl\u00e9e.",
        "O\u00f9 est le gar\u00e7on qui a l\u00e2ch\u00e9 le p\u00eacheur na\u00eff ?",
        "\u00ab Vingt-deux ma\u00e7ons \u00bb, dit-elle, d\u00e9j\u00e0 f\u00e2ch\u00e9e.",
    ],
    "german": [
        "Stra\u00dfe, STRASSE, \u1e9e und Ma\u00df: der Fu\u00dfg\u00e4nger \u00fcberquert die Br\u00fccke.",
        "Donaudampfschifffahrtsgesellschaftskapit\u00e4nsm\u00fctze",
        "\u00c4rger mit \u00d6l und \u00dcbermut: \u201eSo nicht!\u201c, rief J\u00fcrgen.",
    ],
    "spanish": [
        "\u00bfD\u00f3nde est\u00e1 el ni\u00f1o? \u00a1En la monta\u00f1a, con su ping\u00fcino!",
        "Ma\u00f1ana por la ma\u00f1ana, el peque\u00f1o cig\u00fce\u00f1al quedar\u00e1 listo.",
    ],
    "portuguese": ["Cora\u00e7\u00e3o, irm\u00e3os e a\u00e7\u00f5es: o av\u00f4 n\u00e3o p\u00f4de vir \u00e0 festa."],
    "italian": ["Perch\u00e9 la citt\u00e0 \u00e8 cos\u00ec luned\u00ec? Chiss\u00e0, pi\u00f9 tardi capir\u00f2."],
    "nordic": [
        "Sm\u00f8rrebr\u00f8d p\u00e5 \u00f8en, \u00e6bler i \u00c5rhus, og en bl\u00e5 \u00d8resundsf\u00e6rge.",
        "\u00deetta er \u00edslenska: \u00fe\u00fa ert g\u00f3\u00f0ur, \u00c6var \u00de\u00f3r og \u00d0.",
    ],
    "slavic_latin": [
        "Za\u017c\u00f3\u0142\u0107 g\u0119\u015bl\u0105 ja\u017a\u0144 i \u0141\u00f3d\u017a.",
        "P\u0159\u00edli\u0161 \u017elu\u0165ou\u010dk\u00fd k\u016f\u0148 v \u010cesku; \u0110ur\u0111a je u \u0160umi.",
    ],
    "baltic_hungarian_romanian": [
        "\u0100bols, \u0113rglis, \u012bss c\u0113lie\u0146\u0161; \u017eirgas ir \u0117\u017eys.",
        "\u00c1rv\u00edzt\u0171r\u0151 f\u00far\u00f3g\u00e9p; \u0218i \u021bara e frumoas\u0103.",
    ],
    "turkish": [
        "\u0130stanbul'da \u0131l\u0131k bir \u0130lkbahar; DI\u015eARIDA I\u015eIK, i\u00e7eride \u0131\u015f\u0131k.",
        "I\u0131\u0130i \u011f\u011e \u015f\u015e \u00e7\u00c7 \u00f6\u00d6 \u00fc\u00dc",
        "i\u0307 I\u0307 \u0130\u0307 \u0131\u0307",
    ],
    "vietnamese": [
        "T\u00f4i y\u00eau ti\u1ebfng n\u01b0\u1edbc t\u00f4i; \u0111\u01b0\u1eddng ph\u1ed1 H\u00e0 N\u1ed9i r\u1ea5t \u0111\u1eb9p.",
        "Ng\u01b0\u1eddi Vi\u1ec7t u\u1ed1ng c\u00e0 ph\u00ea s\u1eefa \u0111\u00e1 m\u1ed7i bu\u1ed5i s\u00e1ng.",
        "\u1ea4\u1ea6\u1ea8\u1eaa\u1eac \u1ebe\u1ec0\u1ec2\u1ec4\u1ec6 \u1ed0\u1ed2\u1ed4\u1ed6\u1ed8 \u01a0\u01af\u0110",
    ],
    "chinese": [
        "\u4eca\u5929\u5929\u6c14\u5f88\u597d\uff0c\u6211\u4eec\u53bb\u516c\u56ed\u6563\u6b65\u5427\u3002",
        "\u4f60\u77e5\u9053\u56fe\u4e66\u9986\u51e0\u70b9\u5173\u95e8\u5417\uff1f",
        "\u5b78\u7fd2\u7e41\u9ad4\u5b57\u9700\u8981\u8010\u5fc3\u300c\u6162\u6162\u4f86\u300d\u3002",
        "Python\u662f\u4e00\u79cd\u7f16\u7a0b\u8bed\u8a00,version 3\u53d1\u5e03\u4e8e2008\u5e74\u3002",
        "\uff21\uff22\uff23\u3000\uff11\uff12\uff13\u3000\u5168\u5f62\u5b57\u7b26\uff01",
        "\u3400\u3401\u4dbf\u4e00\u9fa5\u9fff\uf900\ufa0e\ufaff\U00020000\U0002a6df\U0002f800",
    ],
    "japanese": [
        "\u6771\u4eac\u3067\u65b0\u3057\u3044\u4ed5\u4e8b\u3092\u59cb\u3081\u307e\u3057\u305f\u3002",
        "\u30b3\u30f3\u30d4\u30e5\u30fc\u30bf\u30fc\u304c\u58ca\u308c\u305f\u306e\u3067\u3001\u4fee\u7406\u3057\u3066\u304f\u3060\u3055\u3044\uff01",
        "\u304c\u304e\u3050\u3052\u3054\u3071\u3074\u3077\u3079\u307d \u304b\u3099\u306f\u309a \u30f4\u30a1",
        "\uff76\uff9e\uff77\uff9e \uff8a\uff9f\uff8b\uff9f \uff9e\uff9f",
        "\u3005\u3006\u3007\u303b\u309d\u309e\u30fb\u30fc\u30fd\u30fe\u32ff\u337b",
    ],
    "korean": [
        "\uc548\ub155\ud558\uc138\uc694, \uc624\ub298\uc740 \ub3c4\uc11c\uad00\uc5d0\uc11c \ucc45\uc744 \uc77d\uc5c8\uc2b5\ub2c8\ub2e4.",
        "\ud55c\uad6d\uc5b4 \ud1a0\ud070\uc740 \uc790\ubaa8\ub85c \ub098\ub258\ub098\uc694?",
        "\u1112\u1161\u11ab\u1100\u1173\u11af \u3131\u3134\u3137 \uac00\uac01\ud7a3 \ud7b0\ud7cb \ua960",
    ],
    "arabic": [
        "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645\u060c \u0643\u064a\u0641 \u062d\u0627\u0644\u0643\u0645 \u0627\u0644\u064a\u0648\u0645\u061f",
        "\u0643\u064e\u062a\u064e\u0628\u064e \u0627\u0644\u0648\u064e\u0644\u064e\u062f\u064f \u0627\u0644\u062f\u0651\u064e\u0631\u0652\u0633\u064e\u061b \u0661\u0662\u0663\u066a",
        "\u0622 \u0623 \u0625 \u0624 \u0626 \u0629 \u0649 \u0640\u0640 \ufefb \ufdf2",
        "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627 \u0631\u0627 \u0645\u06cc\u200c\u062e\u0648\u0627\u0646\u0645 \u06f1\u06f2\u06f3",
    ],
    "hebrew": [
        "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd, \u05de\u05d4 \u05e9\u05dc\u05d5\u05de\u05da \u05d4\u05d9\u05d5\u05dd?",
        "\u05d1\u05b0\u05bc\u05e8\u05b5\u05d0\u05e9\u05c1\u05b4\u05d9\u05ea \u05d0\u05b8\u05d1 \u05f4\u05e6\u05d4\u05f4\u05dc \u05be \ufb2a\ufb4f",
    ],
    "thai": [
        "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a \u0e27\u0e31\u0e19\u0e19\u0e35\u0e49\u0e2d\u0e32\u0e01\u0e32\u0e28\u0e14\u0e35\u0e21\u0e32\u0e01",
        "\u0e09\u0e31\u0e19\u0e01\u0e34\u0e19\u0e02\u0e49\u0e32\u0e27\u0e41\u0e25\u0e49\u0e27 \u0e50\u0e51\u0e52 \u0e3f50 \u0e19\u0e49\u0e33",
    ],
    "lao_khmer_burmese": [
        "\u0eaa\u0eb0\u0e9a\u0eb2\u0e8d\u0e94\u0eb5 \u0e82\u0ead\u0e9a\u0ec3\u0e88",
        "\u179f\u17bd\u179f\u17d2\u178f\u17b8 \u1781\u17d2\u1789\u17bb\u17c6",
        "\u1019\u1004\u103a\u1039\u1002\u101c\u102c\u1015\u102b",
    ],
    "hindi": [
        "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e, \u0906\u092a \u0915\u0948\u0938\u0947 \u0939\u0948\u0902?",
        "\u092e\u0941\u091d\u0947 \u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902 \u0915\u093f\u0924\u093e\u092c \u092a\u0922\u093c\u0928\u093e \u0905\u091a\u094d\u091b\u093e \u0932\u0917\u0924\u093e \u0939\u0948\u0964",
        "\u0958\u0959\u095a\u095b\u095c\u095d \u0966\u0967\u0968 \u0915\u094d\u200d\u0937 \u0915\u094d\u200c\u0937 \u0970",
    ],
    "indic_other": [
        "\u0986\u09ae\u09bf \u09ac\u09be\u0982\u09b2\u09be\u09af\u09bc \u0997\u09be\u09a8 \u0997\u09be\u0987\u0964 \u09cb \u09cc",
        "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd \u0bae\u0bca\u0bb4\u0bbf \u0b85\u0bb4\u0b95\u0bbe\u0ba9\u0ba4\u0bc1 \u0bcc",
        "\u0c24\u0c46\u0c32\u0c41\u0c17\u0c41 \u0c2d\u0c3e\u0c37 \u0c48",
        "\u0a2a\u0a70\u0a1c\u0a3e\u0a2c\u0a40 \u0a5b \u0a95\u0ac1\u0a9c\u0ab0\u0abe\u0aa4\u0ac0",
        "\u0d2e\u0d32\u0d2f\u0d3e\u0d33\u0d02 \u0d7b\u0d7c \u0dc3\u0dd2\u0d82\u0dc4\u0dbd",
    ],
    "tibetan_mongolian": ["\u0f56\u0f7c\u0f51\u0f0b\u0f66\u0f90\u0f51\u0f0d \u0f43\u0f73 \u182e\u1823\u1829\u182d\u1823\u182f"],
    "greek": [
        "\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1 \u03ba\u03cc\u03c3\u03bc\u03b5! \u03a0\u03ce\u03c2 \u03b5\u03af\u03c3\u03c4\u03b5 \u03c3\u03ae\u03bc\u03b5\u03c1\u03b1;",
        "\u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3 \u03a3\u03a3 \u03a3 \u03b1\u03a3 \u03c3\u03c2 \u0390 \u03b0 \u1f00\u03c1\u03c7\u1fc7 \u1fb3 \u1ffc \u1fbc",
        "\u1f08\u03b8\u1fc6\u03bd\u03b1\u03b9 \u1f44\u03c1\u03bf\u03c2 \u1fec\u03cc\u03b4\u03bf\u03c2 \u03d0\u03d1\u03d5\u03d6 \u2126 \u00b5",
    ],
    "cyrillic": [
        "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u041a\u0430\u043a \u0442\u0432\u043e\u0438 \u0434\u0435\u043b\u0430 \u0441\u0435\u0433\u043e\u0434\u043d\u044f?",
        "\u0401\u0436\u0438\u043a \u0438 \u0439\u043e\u0433\u0443\u0440\u0442: \u0451\u043b\u043a\u0430, \u0437\u0438\u043c\u043e\u0439 \u0431\u0435\u043b\u043e.",
        "\u0407\u0436\u0430\u043a \u0457\u0441\u0442\u044c \u0457\u0436\u0443, \u0490\u0430\u043d\u043e\u043a \u0456 \u0404\u0432\u0430; \u040b\u0430\u043c\u0438\u043b \u0452\u0430\u043a \u0453\u0443\u0432\u0440\u0435.",
        "\u0463\u0467\u0471\u0482\u0483\u0484\u0488\u0489\u04c0\u04d1\u04d7",
    ],
    "armenian_georgian": [
        "\u0532\u0561\u0580\u0587 \u0571\u0565\u0566, \u0561\u0577\u056d\u0561\u0580\u0570\u0589 \u055e",
        "\u10d2\u10d0\u10db\u10d0\u10e0\u10ef\u10dd\u10d1\u10d0 \u1c90\u1c91\u1c92 \u10a0\u10a1 \u2d00",
    ],
    "ethiopic_cherokee": ["\u1230\u120b\u121d \u12d3\u1208\u121d\u1362 \u1369", "\u13e3\u13b3\u13a9 \uab70\uab71 \u13f8"],
    "african_phonetic": ["\u0190\u025b \u0186\u0254 \u014b\u014a \u01d6\u01d5 \u1eb9\u0300 \u1ecd\u0301 \u0253\u0257\u0199", "[f\u0259\u02c8n\u025bt\u026aks] \u02a4 \u02d0 t\u0361s"],
}

EMOJI = [
    "\U0001f600", "\U0001f44d\U0001f3fd", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f1e9\U0001f1ea\U0001f1ef\U0001f1f5",
    "1\ufe0f\u20e3 #\ufe0f\u20e3 *\u20e3", "\u2764\ufe0f\u200d\U0001f525", "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "\U0001f469\U0001f3ff\u200d\U0001f4bb", "\u263a\ufe0e \u263a\ufe0f", "\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001faf6\U0001fae0", "\u2728\u26a1\u2615",
    "\U0001f9d1\U0001f3fb\u200d\U0001f91d\u200d\U0001f9d1\U0001f3fe", "\u00a9\ufe0f\u00ae\u2122", "\U0001f595", "\U0001f170\U0001f17f\ufe0f",
]

CODE = [
    "def {a}({b}, *args, **kwargs):\n    return {b}.{c}(args[{n}]) if {b} else None",
    "for (size_t i = 0; i < {a}.size(); ++i) {{ {b}[i] += {c}->get(i) << {n}; }}",
    "template <typename T> requires std::integral<T> auto {a}(std::span<const T> {b}) -> T;",
    "#include <{a}/{b}.h>  // {c}",
    "let mut {a}: Vec<Option<&'static str>> = {b}.iter().map(|{c}| {c}.ok()).collect();",
    "func (s *{A}) {B}(ctx context.Context, {c} []byte) (int, error) {{ return {n}, nil }}",
    "const {a} = async ({{ {b}, ...rest }}) => await fetch(`/{c}/${{ {b}?.id ?? {n} }}`);",
    "SELECT {a}, COUNT(*) AS {b} FROM {c} WHERE {a} >= {n} AND name LIKE '%{b}%' GROUP BY 1;",
    "grep -rn --include='*.{a}' \"{b}\" ./{c} | awk '{{print ${n}}}' | sort -u > /tmp/{a}.txt 2>&1",
    "{{\"{a}\": [{n}, null, true], \"{b}\": {{\"{c}\": \"\\u00e9\\n\"}}}}",
    "{a}:\n  - {b}: {n}\n    {c}: \"yes\" # comment",
    "<div class=\"{a} {b}\" id='{c}'>&nbsp;&lt;{n}&gt;<br/></div><!-- {a} -->",
    ".{a} > #{b}::before {{ margin: -{n}px auto; color: #ff00{n}; }} @media ({c}) {{}}",
    "public static final Map<String, List<Integer>> {A} = new HashMap<>(); // {b}::{c}",
    "{a} :: Monad m => (a -> m b) -> [a] -> m [b]\n{a} {b} = foldr (\\{c} k -> k <$> {b}) (pure [])",
    "(define ({a} {b}) (if (null? {b}) '() (cons (car {b}) ({a} (cdr {b})))))",
    "local {a} = setmetatable({{}}, {{ __index = function(_, {b}) return {b} .. '{c}' end }})",
    "s/^\\s*({a}|{b})[^\\]]+\\b{c}{{{n},}}$/\\1/gi",
    "\\begin{{equation}} \\hat{{{a}}} = \\frac{{\\partial {b}}}{{\\partial {c}_{{{n}}}}} \\end{{equation}}",
    "mov rax, [rbp-{n}]; vpdpbusd zmm{n}, zmm1, [rsi+0x{n}f]  ; {a}",
    "@@ -{n},7 +{n},9 @@ {a}\n-  {b} = {c};\n+  {b} = {c} + 1;",
    "{a}.o: {b}.c {c}.h\n\t$(CC) -O2 -Wall -c $< -o $@",
    "if [[ -z \"${{{A}:-}}\" && $# -gt {n} ]]; then exit 1; fi",
    "{a}_{b}__{c} = 0x{n}F + 1e-{n} ** 0b101 // 0o17 % {n}_000",
]

MARKUP = [
    "# {A} and {b}\n\n- [ ] *{c}*\n- [x] **{a}** `{b}`",
    "[{a} {b}](https://www.{c}.example/{a}?q={b}&n={n}#sec-{n})",
    "Write to {a}.{b}+{c}@mail.{a}.example or call +{n} (0) 555-01{n}.",
    "| {a} | {b} |\n|:---|---:|\n| {n} | ~~{c}~~ |",
    "http://user:pw@{a}.example:80{n}/~{b}/{c}.tar.gz?x=%20%C3%A9",
    "> quoted {a}\n>> twice {b}\n\n```{c}\n{n}\n```",
    "![{a}](../img/{b}_{n}.png \"{c}\") ^[{a}] [^{n}] :{b}:",
    "@{a} #{b}{n} RT @{c}: {a}/{b} v{n}.{n}.0-rc{n}",
    "C:\\Users\\{A}\\{b}.{c} /usr/local/{a}/{b}-{n}/bin ~/.{c}rc",
    "192.168.{n}.1/24 fe80::{n}ff:fe00 2024-0{m}-1{m}T0{m}:00:00Z",
]

WORDS = (
    "river bank vector index search engine token model layer attention memory query document passage "
    "answer storm winter garden kitchen bottle pencil library teacher student village mountain ocean "
    "silver copper engineer doctor painter sailor train bicycle bridge station market bread coffee "
    "sugar salt horse rabbit spider eagle whale forest desert island planet gravity energy theory "
    "number matrix kernel cache buffer thread socket packet server client branch commit merge release "
    "bug patch error warning timeout latency throughput precision recall cluster shard replica snapshot "
    "journal ledger invoice contract court judge lawyer senator election harvest drought flood rescue "
    "orchestra violin melody rhythm canvas portrait sculpture novel chapter poem sentence grammar"
).split()
VERBS = (
    "finds loses builds breaks carries remembers ignores measures compares rewrites explains merges "
    "splits returns rejects accepts follows avoids repairs studies paints counts stores deletes "
    "overestimates reconsiders disassembles underwrites"
).split()
ADJECTIVES = (
    "quick slow bright dark quiet loud ancient modern tiny enormous careful reckless hidden obvious "
    "broken perfect sparse dense normalized asynchronous uncompressed irreversible multilingual"
).split()
TEMPLATES = [
    "The {j} {a} {v} the {b}.",
    "Why does a {a} that {v} a {b} look so {j}?",
    "{A}s and {b}s: {n} {j} reasons to choose one.",
    "In chapter {n}, the {a} {v} every {j} {b} it can't see.",
    "\"{A}!\" she cried; the {j} {b} (no. {n}) {v} nothing.",
    "{n}% of {a}s are {j}, {n}.{m}x more than {b}s -- really?",
    "How to {v2} a {j} {a} without a {b}",
    "{A} {b} {c}",
    "It's the {a}'s {b}, isn't it? They've {n} of 'em.",
    "A {a}-{b} is a {j} {c} that {v} itself, e.g. the {b}-{a}.",
    "{a}{b}{c} un{a}able re{b}ing {c}ification",
    "{AA} {BB}: {j} {c}S, {A}_{B}-{n}{m}TH",
]


def fill(template, rng):
    """Fills one template with words and numbers drawn from rng."""
    a, b, c = (rng.choice(WORDS) for _ in range(3))
    verb = rng.choice(VERBS)
    return template.format(
        a=a, b=b, c=c, A=a.capitalize(), B=b.capitalize(), AA=a.upper(), BB=b.upper(),
        v=verb, v2=verb.rstrip("s"), j=rng.choice(ADJECTIVES), n=rng.choice([1, 2, 3, 7, 12, 42, 99, 100, 365, 2024, 65536]), m=rng.randrange(1, 10),
    )


def generate(templates, count, rng):
    """Returns `count` different filled templates, each template used about equally often."""
    seen, out, i = set(), [], 0
    while len(out) < count:
        line = fill(templates[i % len(templates)], rng)
        i += 1
        if line not in seen:
            seen.add(line)
            out.append(line)
    return out


def script_sentences():
    """All hand-written sentences as (script, text)."""
    return [(name, text) for name, texts in SCRIPTS.items() for text in texts]


def paragraph(rng, sentences):
    """A paragraph of `sentences` English sentences."""
    return " ".join(fill(rng.choice(TEMPLATES), rng) for _ in range(sentences))
