"""Clinical pictures for invented files: diagnosis, drugs, services, results, course. Plausible, nobody's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One picture. drugs: (code, name, strength, unit, quantity, dose) · services: (code, name, group, price) ·
    results: (service code, index, low, high, unit)."""

    icd: str
    name: str
    reason: str
    department: str
    days: int
    treatment: str
    drugs: tuple[tuple[str, str, str, str, int, str], ...]
    services: tuple[tuple[str, str, str, int], ...]
    results: tuple[tuple[str, str, float, float, str], ...]
    progress: tuple[str, ...]
    others: tuple[str, ...] = ()


EXAM = ("03.0001.1896", "Khám nội", "13", 42_100)
CBC = ("22.0120.1370", "Tổng phân tích tế bào máu ngoại vi", "1", 46_200)
GLU = ("23.0075.1494", "Định lượng Glucose máu", "1", 21_500)
XRAY = ("18.0119.0028", "Chụp X-quang ngực thẳng", "2", 65_400)
ECG = ("21.0014.1778", "Điện tim thường", "3", 32_800)
BED = ("K03.1907", "Giường nội khoa loại 2", "15", 152_700)
CBC_VALUES = (
    ("22.0120.1370", "WBC", 4.5, 16.0, "G/L"),
    ("22.0120.1370", "HGB", 105.0, 155.0, "g/L"),
    ("22.0120.1370", "PLT", 90.0, 380.0, "G/L"),
)

CASES: tuple[Case, ...] = (
    Case(
        "I10",
        "Tăng huyết áp vô căn (nguyên phát)",
        "Đau đầu, chóng mặt",
        "K01",
        0,
        "Thuốc hạ áp, tư vấn ăn nhạt",
        (("40.491", "Amlodipin", "5mg", "Viên", 30, "1 viên/lần * 1 lần/ngày * 30 ngày"),),
        (EXAM, ECG, GLU),
        (("23.0075.1494", "Glucose", 4.2, 6.4, "mmol/L"),),
        ("Tỉnh, tiếp xúc tốt, không yếu liệt. Tim đều, phổi trong. Tiếp tục thuốc hạ áp.",),
        ("E78.5",),
    ),
    Case(
        "E11.9",
        "Bệnh đái tháo đường không phụ thuộc insulin, chưa có biến chứng",
        "Tái khám đái tháo đường",
        "K01",
        0,
        "Thuốc uống hạ đường huyết",
        (("40.807", "Metformin", "850mg", "Viên", 60, "1 viên/lần * 2 lần/ngày * 30 ngày"),),
        (EXAM, GLU),
        (("23.0075.1494", "Glucose", 6.8, 13.5, "mmol/L"),),
        ("Không khát nhiều, không sụt cân. Đường huyết chưa đạt mục tiêu, tư vấn chế độ ăn.",),
        ("I10",),
    ),
    Case(
        "J18.9",
        "Viêm phổi, tác nhân không xác định",
        "Sốt, ho đàm, khó thở",
        "K03",
        6,
        "Kháng sinh, long đàm, hạ sốt",
        (
            ("40.184", "Ceftriaxon", "1g", "Lọ", 12, "2 lọ/lần * 1 lần/ngày * 6 ngày"),
            ("40.48", "Paracetamol", "500mg", "Viên", 12, "1 viên khi sốt trên 38,5 độ"),
        ),
        (EXAM, CBC, XRAY, BED),
        CBC_VALUES,
        (
            "Sốt 38,5, ho đàm vàng, ran nổ đáy phổi phải.",
            "Giảm sốt, ho giảm, ran nổ còn ít.",
            "Hết sốt, ăn uống khá, phổi thông khí tốt.",
        ),
    ),
    Case(
        "A97.0",
        "Sốt xuất huyết Dengue",
        "Sốt cao ngày thứ ba",
        "K03",
        5,
        "Bù dịch, theo dõi Hct, tiểu cầu",
        (
            ("40.48", "Paracetamol", "500mg", "Viên", 10, "1 viên khi sốt trên 38,5 độ"),
            ("40.1021", "Natri clorid 0,9%", "500ml", "Chai", 4, "Truyền tĩnh mạch XXX giọt/phút"),
        ),
        (EXAM, CBC, BED),
        CBC_VALUES,
        (
            "Sốt 39, da sung huyết, dấu dây thắt dương tính, không xuất huyết niêm mạc.",
            "Sốt giảm, mệt, ăn kém, chi ấm, mạch rõ.",
            "Hết sốt, tiểu khá, ăn được.",
        ),
    ),
    Case(
        "K35.8",
        "Viêm ruột thừa cấp, khác và không xác định",
        "Đau hố chậu phải",
        "K19",
        5,
        "Phẫu thuật nội soi cắt ruột thừa, kháng sinh",
        (("40.184", "Ceftriaxon", "1g", "Lọ", 10, "2 lọ/lần * 1 lần/ngày * 5 ngày"),),
        (EXAM, CBC, ("03.3327.0459", "Phẫu thuật nội soi cắt ruột thừa", "8", 2_564_000), BED),
        CBC_VALUES,
        (
            "Đau hố chậu phải, phản ứng thành bụng. Chỉ định mổ cấp cứu.",
            "Hậu phẫu ngày 1, vết mổ khô, chưa trung tiện.",
            "Đã trung tiện, ăn cháo, bụng mềm.",
        ),
    ),
    Case(
        "J06.9",
        "Nhiễm trùng hô hấp trên cấp, không xác định",
        "Ho, sổ mũi, đau họng",
        "K01",
        0,
        "Điều trị triệu chứng",
        (("40.48", "Paracetamol", "500mg", "Viên", 10, "1 viên/lần * 2 lần/ngày * 5 ngày"),),
        (EXAM,),
        (),
        ("Họng đỏ, phổi trong, không khó thở.",),
    ),
    Case(
        "K29.7",
        "Viêm dạ dày, không xác định",
        "Đau thượng vị",
        "K01",
        0,
        "Ức chế bơm proton, kháng acid",
        (("40.677", "Omeprazol", "20mg", "Viên", 14, "1 viên/lần * 1 lần/ngày * 14 ngày"),),
        (EXAM,),
        (),
        ("Đau âm ỉ thượng vị, bụng mềm, không phản ứng.",),
    ),
    Case(
        "M54.5",
        "Đau thắt lưng",
        "Đau lưng sau mang vác",
        "K01",
        0,
        "Giảm đau, giãn cơ, vật lý trị liệu",
        (("40.30", "Meloxicam", "7,5mg", "Viên", 10, "1 viên/lần * 1 lần/ngày * 10 ngày"),),
        (EXAM,),
        (),
        ("Đau cạnh sống thắt lưng, Lasègue âm tính hai bên.",),
    ),
    Case(
        "I63.9",
        "Nhồi máu não, không xác định",
        "Yếu nửa người trái",
        "K03",
        9,
        "Chống kết tập tiểu cầu, statin, tập vận động",
        (
            ("40.535", "Acetylsalicylic acid", "81mg", "Viên", 9, "1 viên/lần * 1 lần/ngày * 9 ngày"),
            ("40.549", "Atorvastatin", "20mg", "Viên", 9, "1 viên/lần * 1 lần/ngày * 9 ngày"),
        ),
        (EXAM, CBC, GLU, ECG, BED),
        (*CBC_VALUES, ("23.0075.1494", "Glucose", 5.0, 11.0, "mmol/L")),
        (
            "Tỉnh, yếu nửa người trái sức cơ 3/5, nói rõ.",
            "Sức cơ tay trái 4/5, ăn uống không sặc.",
            "Đi lại có người dìu, hướng dẫn tập tại nhà.",
        ),
        ("I10",),
    ),
    Case(
        "N39.0",
        "Nhiễm trùng hệ tiết niệu, vị trí không xác định",
        "Tiểu buốt, tiểu rắt",
        "K01",
        0,
        "Kháng sinh, uống nhiều nước",
        (("40.227", "Ciprofloxacin", "500mg", "Viên", 14, "1 viên/lần * 2 lần/ngày * 7 ngày"),),
        (EXAM, CBC),
        CBC_VALUES,
        ("Không sốt, ấn đau nhẹ hạ vị.",),
    ),
    Case(
        "J44.1",
        "Bệnh phổi tắc nghẽn mạn tính có đợt cấp, không xác định",
        "Khó thở tăng",
        "K03",
        7,
        "Giãn phế quản, corticoid, kháng sinh, thở oxy",
        (
            ("40.980", "Salbutamol", "5mg/2,5ml", "Ống", 21, "1 ống/lần * 3 lần/ngày khí dung"),
            ("40.775", "Methylprednisolon", "40mg", "Lọ", 5, "1 lọ/lần * 1 lần/ngày * 5 ngày"),
        ),
        (EXAM, CBC, XRAY, BED),
        CBC_VALUES,
        (
            "Khó thở vừa, phổi ran rít ran ngáy hai bên, SpO2 91%.",
            "Đỡ khó thở, ran rít giảm, SpO2 95%.",
            "Ăn ngủ được, hướng dẫn dùng thuốc hít đúng cách.",
        ),
    ),
    Case(
        "O80",
        "Đẻ thường một thai",
        "Thai 39 tuần, đau bụng",
        "K27",
        3,
        "Theo dõi chuyển dạ, đỡ đẻ thường, chăm sóc sau sinh",
        (("40.725", "Oxytocin", "5UI", "Ống", 2, "Tiêm bắp sau sổ thai"),),
        (EXAM, CBC, ("13.0033.0614", "Đỡ đẻ thường ngôi chỏm", "8", 706_000), BED),
        CBC_VALUES,
        (
            "Cổ tử cung mở 4 cm, tim thai 140 lần/phút, ối còn.",
            "Hậu sản ngày 1, tử cung co tốt, sản dịch ít.",
            "Mẹ và bé ổn định, bú mẹ tốt.",
        ),
    ),
    Case(
        "A09",
        "Tiêu chảy và viêm dạ dày ruột nhiễm khuẩn",
        "Tiêu lỏng nhiều lần",
        "K18",
        3,
        "Bù nước điện giải, kẽm, men vi sinh",
        (("40.1008", "Oresol", "20,5g", "Gói", 6, "Pha 1 gói với 1 lít nước uống dần"),),
        (EXAM, CBC, BED),
        CBC_VALUES,
        ("Tiêu lỏng 6 lần, môi khô, mắt không trũng.", "Giảm tiêu lỏng, bú khá, véo da mất nhanh."),
    ),
    Case(
        "H66.9",
        "Viêm tai giữa, không xác định",
        "Đau tai, sốt",
        "K18",
        0,
        "Kháng sinh, giảm đau",
        (("40.158", "Amoxicilin", "500mg", "Viên", 14, "1 viên/lần * 2 lần/ngày * 7 ngày"),),
        (EXAM,),
        (),
        ("Màng nhĩ sung huyết bên phải, không chảy mủ.",),
    ),
)
