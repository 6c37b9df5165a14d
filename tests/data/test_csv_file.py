"""CSV files as they come."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest

from saii_widgets.core.errors import RecordsError
from saii_widgets.data.csv_file import read_csv


def write(folder: Path, data: bytes | str) -> Path:
    path = folder / "table.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_reads_quoted_commas_and_line_breaks(tmp_path: Path) -> None:
    table = read_csv(write(tmp_path, 'a,b\r\n1,"x, y"\r\n2,"two\nlines"\r\n3,z\r\n'))
    assert table.columns == {"a": ("1", "2", "3"), "b": ("x, y", "two\nlines", "z")}
    assert list(table.rows) == [2, 3, 5]  # the lines on which the rows begin
    assert table.skipped == []
    assert table.notes == []


def test_rows_of_another_width_are_counted_and_shown(tmp_path: Path) -> None:
    table = read_csv(write(tmp_path, "a,b\n1,2\n3\n4,5,6\n\n7,8\n"))
    assert table.columns["a"] == ("1", "7")
    assert [(s.row, s.line) for s in table.skipped] == [(3, "3"), (4, "4,5,6")]
    assert table.skipped[0].reason == "1 field where the header has 2"
    assert table.skipped[1].reason == "3 fields where the header has 2"


@pytest.mark.parametrize("broken", ['x,"open', 'x,"open,y', '"x,y', 'x,"a"b'])
def test_an_open_quotation_mark_takes_no_other_row_with_it(tmp_path: Path, broken: str) -> None:
    sound = "".join(f"{i},{i}\n" for i in range(50))
    table = read_csv(write(tmp_path, f"a,b\n{sound}{broken}\n{sound}"))
    assert len(table) == 100
    assert [s.row for s in table.skipped] == [52]
    assert "quotation mark" in table.skipped[0].reason


def test_an_open_quotation_mark_before_other_quoted_rows(tmp_path: Path) -> None:
    sound = "".join(f'{i},"said {i}"\n' for i in range(20))
    table = read_csv(write(tmp_path, f'a,b\n{sound}x,"open\n{sound}'))
    assert len(table) == 40
    assert [s.row for s in table.skipped] == [22]


def test_a_huge_field_is_reported_and_the_rest_read(tmp_path: Path) -> None:
    table = read_csv(write(tmp_path, f"a,b\n1,2\n3,{'x' * 200_000}\n5,6\n"))
    assert table.columns["a"] == ("1", "5")
    assert "131,072 characters" in table.skipped[0].reason
    assert len(table.skipped[0].line) < 250


def test_zero_bytes_are_reported(tmp_path: Path) -> None:
    table = read_csv(write(tmp_path, b"a,b\n1,2\n3,x\0y\n5,6\n"))
    assert table.columns["a"] == ("1", "5")
    assert [(s.row, s.reason) for s in table.skipped] == [(3, "zero bytes, which no text has")]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8-sig", b""), ("utf-16", b""), ("utf-16-le", b"\xff\xfe"), ("utf-32", b"")],
)
def test_byte_order_marks_and_wide_encodings(tmp_path: Path, encoding: str, mark: bytes) -> None:
    table = read_csv(write(tmp_path, mark + "text,ort\nCafé 車,Łódź\n".encode(encoding)))
    assert table.columns == {"text": ("Café 車",), "ort": ("Łódź",)}
    assert table.notes == []


def test_latin_1_is_read_and_said(tmp_path: Path) -> None:
    table = read_csv(write(tmp_path, "text,x\nCafé,1\nMüller’s,2\n".encode("cp1252")))
    assert table.columns["text"] == ("Café", "Müller’s")
    assert "Windows-1252" in table.notes[0]
    assert "line 2" in table.notes[0]
    other = read_csv(write(tmp_path, b"text,x\nCaf\xe9 \x81,1\n"))
    assert other.columns["text"] == ("Café \x81",)
    assert "Latin-1" in other.notes[0]


def test_a_damaged_byte_does_not_change_the_encoding_of_the_rest(tmp_path: Path) -> None:
    table = read_csv(write(tmp_path, "text,x\nCafé,1\nŁódź,2\n".encode() + b"br\xffken,3\n"))
    assert table.columns["text"] == ("Café", "Łódź")
    assert table.skipped[0].row == 4
    assert "no text in the file's encoding" in table.skipped[0].reason
    assert "no UTF-8 in 1 place;" in table.notes[0]


def test_a_named_encoding_is_kept_to(tmp_path: Path) -> None:
    path = write(tmp_path, b"text,x\nCaf\xe9,1\n")
    assert read_csv(path, encoding="latin-1").columns["text"] == ("Café",)
    with pytest.raises(RecordsError, match="text in utf-8"):
        read_csv(path, encoding="utf-8")
    with pytest.raises(RecordsError, match="name of an encoding"):
        read_csv(path, encoding="klingon")


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")])
def test_other_delimiters_are_found_and_said(tmp_path: Path, mark: str, word: str) -> None:
    table = read_csv(write(tmp_path, f"a{mark}b{mark}c\n1{mark}2,5{mark}3\n"))
    assert table.columns == {"a": ("1",), "b": ("2,5",), "c": ("3",)}
    assert table.notes == [f"columns are separated by {word}"]


def test_a_delimiter_of_two_characters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="one character"):
        read_csv(write(tmp_path, "a,b\n1,2\n"), delimiter="::")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n"])
def test_an_empty_file_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(RecordsError, match=r"empty file table\.csv"):
        read_csv(write(tmp_path, data))


@pytest.mark.parametrize(
    ("start", "word"), [(b"PK\x03\x04", "zip"), (b"\x1f\x8b", "gzip"), (b"\x89PNG", "PNG"), (b"%PDF-1.7", "PDF")]
)
def test_other_kinds_of_files_are_named(tmp_path: Path, start: bytes, word: str) -> None:
    with pytest.raises(RecordsError, match=word):
        read_csv(write(tmp_path, start + b"\x00\x01" * 50))


def test_wide_text_without_a_mark_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="encoding='utf-16-le'"):
        read_csv(write(tmp_path, "a,b\n1,2\n".encode("utf-16-le")))


def test_a_column_twice_is_said(tmp_path: Path) -> None:
    table = read_csv(write(tmp_path, "a,b,a\n1,2,3\n"))
    assert table.columns["a"] == ("1",)
    assert table.notes == ["there are 2 columns 'a'; the first is read"]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_bytes_every_line_is_read_or_reported(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    alphabet = [
        b'"',
        b",",
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"\xff",
        b"\xc3\xa9",
        b"a",
        b"b;",
        b"\t",
        b"\xe2\x80\xa8",
        b" ",
    ]
    body = b"".join(rng.choice(alphabet) for _ in range(rng.randrange(1, 400)))
    table = read_csv(write(tmp_path, b"one,two\n" + body), delimiter=",")
    read = len(table) + len(table.skipped)
    text = body.decode("utf-8", errors="replace")
    n_filled = sum(any(c not in ' \t\r\n"' for c in line) for line in io.StringIO(text, newline=""))
    multi_line = sum("\n" in value or "\r" in value for column in table.columns.values() for value in column)
    assert multi_line or read >= n_filled
    places = [*table.rows, *(s.row for s in table.skipped)]
    assert len(places) == len(set(places))
    assert all(len(column) == len(table) for column in table.columns.values())


@pytest.mark.parametrize("seed", range(20))
def test_what_the_csv_module_wrote_comes_back(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    characters = "ab ,\"\n'é車🚚;|\t"
    cell = lambda: "x" + "".join(rng.choice(characters) for _ in range(rng.randrange(12)))  # noqa: E731
    rows = [[cell() for _ in range(3)] for _ in range(30)]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["one", "two", "three"], *rows])
    table = read_csv(write(tmp_path, out.getvalue()))
    assert [list(row) for row in zip(*table.columns.values(), strict=True)] == rows
    assert table.skipped == []
