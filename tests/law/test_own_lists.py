"""A facility's newer lists stand in for those that come along."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_folder_of_the_setting_is_used(tmp_path: Path) -> None:
    (tmp_path / "ket_qua_dtri.csv").write_text("code,name_vi\n1,Khỏi theo danh mục mới\n", encoding="utf-8")
    ask = (
        "from benhan.cli.django_up import up; up(database=False)\n"
        "from benhan.law import codes; print(codes.entries('ket_qua_dtri')[0].name_vi)"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "BENHAN_CODES": str(tmp_path), "BENHAN_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", ask], env=env, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.stdout.strip() == "Khỏi theo danh mục mới", done.stderr
