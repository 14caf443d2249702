"""The inks a printmaker would mix for an hour, a season, a weather or a room."""

from daygen.providers.local.colour import Palette, ink


def _palette(inks: str, glow: str = "FFC871", *, night: bool = False) -> Palette:
    top, middle, low, light, far, near = (ink(part) for part in inks.split())
    return Palette(top, middle, low, light, far, near, ink(glow), night)


#                  top    middle low    light  far    near
PALETTES: dict[str, tuple[Palette, ...]] = {
    "dawn": (
        _palette("F1C9E2 DDB2D8 C79CCB FFF4DC 7F5EB2 261538"),
        _palette("F7DCC0 F4C3A6 EFA68D FFF5DF A5779A 2A2140"),
        _palette("C9D7E6 E9CFD0 F6BFA0 FFF6E2 7C86B0 1C2340"),
        _palette("F4E3C8 EFC9B8 D9A5B4 FFF8E6 866A9C 251B3A"),
    ),
    "blue": (
        _palette("E5E9F1 BCCBE0 95AFD1 FAF3DC 4A73A8 121D2E"),
        _palette("26436F 6384B4 E3BBA2 FFEBCB 3F5E92 0E1830"),
        _palette("16305A 3C639A 9DB8CF FFF3D6 31588C 0A1428"),
        _palette("A9BFDC 8FA9CF 7391BF FDF2D4 3C5E96 111A33"),
    ),
    "golden": (
        _palette("F3E7C0 E8D39A DBBB7A FFF7E2 A6854B 2B1E12"),
        _palette("F9D792 F6B96E EE9452 FFF3D4 B5633B 321610"),
        _palette("E9E3C8 F0D29A F0B263 FFF6DC 9A6B45 2A1A1A"),
        _palette("F6E3B4 F2C887 E39A5E FFF6DA 8F5F52 24151E"),
    ),
    "sunset": (
        _palette("F8C078 EF9A63 DE7157 FFF1D3 B23E4A 2B0F20"),
        _palette("3D2C5E A9517A F8A373 FFE4AC 6C3B70 160E29"),
        _palette("F3B48C E8837A C45C7C FFEFD2 7E3C6E 1E1030"),
        _palette("FBD08A F49B5B D8594A FFF3CF 8E3046 240C1C"),
    ),
    "dusk": (
        _palette("22486A 6F9D9C F1C692 FFF0CC 3F737C 0B1F28"),
        _palette("4B3D70 C57D8E F9CA9E FFF0D0 74527F 1B1230"),
        _palette("35477C 8E7BA8 F2AE9B FFEBCB 56558F 12132C"),
        _palette("6B5B8E D08A97 F8BE94 FFF2D6 85547E 20122E"),
    ),
    "day": (
        _palette("8EC2DC B8DCE5 E9F1E0 FFFCEC 76A6AC 1B3B39"),
        _palette("ECE9C8 CBD9B6 A5C4AA FFF9E4 629C88 15333A"),
        _palette("DCE9EE C6DCE4 A9C9D6 FFF9E6 5E8FA8 182F45"),
        _palette("F2E3B8 E9D9A6 CFCF98 FFF9E2 7E9E63 1E3326"),
        _palette("F6D9BF F2C6A4 E6A88C FFF6E0 C67A63 34222F"),
        _palette("A8D3D0 CFE3CF F4E6BF FFFBE8 5F9AA0 18323C"),
    ),
    "night": (
        _palette("0A1330 1B3262 4C6F9E FAF2D6 2C4A7C 060A19", night=True),
        _palette("071A25 0F3B49 3E7E80 F7F2DA 225A64 041015", night=True),
        _palette("150F2F 3B2559 8C4C79 FFF0D2 45316C 0B0818", night=True),
        _palette("101A2C 24395A 56708A F4EFDC 33506E 080D18", night=True),
    ),
    "fog": (
        _palette("EDEDEA D7D8D6 C1C3C4 FDF7E6 8D8F95 1A1B1E"),
        _palette("EFE7DB E1D5C6 D3C3B3 FFF7E6 A59687 2A2321"),
        _palette("E2EAE6 CBDAD5 B2C8C4 FBF7E6 7A9A98 17272B"),
    ),
    "storm": (
        _palette("3E4953 6D7B83 C9C4AA F4EBC8 56656B 13181D"),
        _palette("2F3548 5C6480 C5A99C F6E6C6 4A5270 10121F"),
        _palette("46524E 7C8C80 D2CBA4 F5EDCB 55685F 131B1A"),
    ),
    "winter": (
        _palette("D9E6EF E9EFF2 F7EEE5 FFFAEE 9CB4CA 20334A"),
        _palette("BCD0E3 DCE4EE F4DCD6 FFF8EA 8A9CC0 1D2744"),
        _palette("E6ECEE D3DFE5 BCD0DC FFF9EA 7E9DB4 182C40"),
    ),
    "autumn": (
        _palette("F4E2BB EFC78F E5A667 FFF7DF B9683D 2F1718"),
        _palette("EBDCC3 E6BE93 D4906A FFF5DD A2553C 2C1620"),
        _palette("CFDCDD EED9B0 EDB36B FFF8E2 B4643A 2B1A20"),
    ),
    "spring": (
        _palette("F0E8A6 D8D791 B6C27D FFFBE2 72A052 15301F"),
        _palette("F6DCE2 EFC6D0 CFC0C6 FFF8EA 8AA079 203328"),
        _palette("CFE6EC E2EFD8 F4EBC0 FFFCE8 86B07A 1A3830"),
    ),
    "desert": (
        _palette("F8DCAC F3BB83 E9955F FFF6DD C5653F 39151F"),
        _palette("F3E4C6 F0C9A0 E3A07C FFF8E4 B9705A 33191F"),
        _palette("9CC3C4 E5D3B0 F3B582 FFF8E2 C4714C 371A22"),
    ),
    "bloom": (
        _palette("F6DCE2 EFC6D0 CFC0C6 FFF8EA 8AA079 203328"),
        _palette("CFE6EC E2EFD8 F4EBC0 FFFCE8 86B07A 1A3830"),
        _palette("F1C9E2 DDB2D8 C79CCB FFF4DC 7F5EB2 261538"),
        _palette("A8D3D0 CFE3CF F4E6BF FFFBE8 5F9AA0 18323C"),
    ),
    "wet": (
        _palette("2F3548 5C6480 C5A99C F6E6C6 4A5270 10121F"),
        _palette("DCE9EE C6DCE4 A9C9D6 FFF9E6 5E8FA8 182F45"),
        _palette("22486A 6F9D9C F1C692 FFF0CC 3F737C 0B1F28"),
        _palette("E2EAE6 CBDAD5 B2C8C4 FBF7E6 7A9A98 17272B"),
    ),
    "tropic": (
        _palette("5DB9C6 9ED8CE F6E7B4 FFFBE2 2F8C93 0C3038"),
        _palette("F7C68A F59A82 D9709A FFF4D0 7A3F86 1D0F34"),
    ),
    "cosmos": (
        _palette("070B22 141B45 3B3A7A F7EEDC 4A4E92 05060F", "FFB37A", night=True),
        _palette("0B0A1E 2A1747 6B2F6E FFEBD2 6A4A8E 07040F", "FF9E6B", night=True),
        _palette("04141F 0B2E3F 1F5B63 F4F0DC 2F6E74 020A0F", "FFC871", night=True),
        _palette("120B16 3A1428 7C3030 FFEFD6 8A4A3E 0A0508", "FFC07A", night=True),
        _palette("0A1024 1E2D5C 4A6AA6 FBF2DC 4F6BA8 060914", "FF8F7A", night=True),
    ),
    "reef": (
        _palette("BFE6DC 5FB3B8 1E6E8C FBF7DE 2A7C92 08283A", "FF9E7A"),
        _palette("9AD6D8 3F8FB0 1A4C82 F6F6E0 2A5F96 081C3A", "FFB86B"),
        _palette("D6EBC6 6FB9A0 20756F FBF8DE 2F8276 08302E", "FF8F6B"),
    ),
    "studio": (
        _palette("E9D9BE E6CFAE DDBF97 FFF8E8 6E8B7B 2B2A2E", "E8A33D"),
        _palette("B9C7BD AFC0B6 9FB3A9 FBF5E4 C0664A 26302F", "E9B44C"),
        _palette("E8B9A0 E4AE93 D99C80 FFF4E2 3E6B73 2A2430", "F0C15A"),
        _palette("7F9FB0 7797A9 698A9E FBF3E0 D08A4E 1C2A38", "F2C14E"),
        _palette("F0DDA8 ECD498 E2C582 FFF9E6 A8503E 2E2428", "D9822B"),
        _palette("D9C7D0 D1BBC7 C3A9B8 FFF6EA 5B6C4F 2A2233", "E3A857"),
        _palette("38504E 3C5654 45605C F7EDD6 B98A4E 141E20", "E8B04A"),
        _palette("6E2F3A 76343F 823C45 FBEBD6 C98A55 241218", "E9B65A"),
    ),
    "bold": (
        _palette("F2E7D0 F0E3C8 EBDBBB FFFAEC D4432F 1D1C22", "EFB02E"),
        _palette("F4EBDA F1E5D0 ECDDC2 FFFBF0 2A5FA0 1A1D2B", "E8503A"),
        _palette("F6D9C4 F3CFB6 EDC2A5 FFF6E8 0F6B6E 22222E", "E4572E"),
        _palette("1F2A44 22304D 283858 FBF0DA E4572E 0E1424", "F2B632"),
        _palette("E6EADF DFE5D7 D3DCCB FDFAEC 2E7D62 1B2622", "F08A4B"),
        _palette("F2C14E EFB83E E8AC2E FFF6DC 25355C 161C30", "D8392B"),
        _palette("E3564A DE4D42 D4423A FFF1DC F3B43F 241520", "2B4C7E"),
        _palette("F7DAD9 F3CDCE EBBDC0 FFF8EE 7A3B8C 251A33", "F2994A"),
        _palette("CFE3E2 C3DBDB B3CFD1 FBFAEE E2603F 16303A", "F4B942"),
    ),
}
