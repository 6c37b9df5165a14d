"""Tables of records, read by their header or by named columns."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from saii_widgets.core.errors import RecordsError
from saii_widgets.data import read_emergency_calls, read_records, read_stop_and_search, read_street_crimes, read_table

CALLS = """lat,lng,desc,zip,title,timeStamp,twp,addr,e
40.25,-66.01,ALDER ROW & MOSS LN;  NORTH BRINDLE; Station 332; 2026-11-21 @ 08:15:52;,,EMS: BACK PAINS/INJURY,\
2026-11-21 08:15:52,NORTH BRINDLE,ALDER ROW & MOSS LN,1
40.26,-66.02,FERN ST; EAST BRINDLE; red truck by a metal fence; 2026-11-21 @ 09:00:00;,19001,\
Traffic: VEHICLE ACCIDENT -,2026-11-21 09:00:00,EAST BRINDLE,FERN ST,1
0,0,OAK AVE; EAST BRINDLE;,19001,Fire: FIRE ALARM,soon,EAST BRINDLE,OAK AVE,1
40.26,-66.02,,,,2026-11-21 09:10:00,,,1
40.26
"""
STREET = """Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,\
Last outcome category,Context
ab12,2026-02,A,A,-66.01,40.25,On or near Parking Area,E01,X 001,Vehicle crime,Under investigation,
,2026-03,A,A,,,No Location,,,Other theft,,white van by a brick wall
"""
STOPS = """Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,\
Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,\
Outcome linked to object of search,Removal of more than just outer clothing
Vehicle search,2026-11-21T08:15:00+00:00,False,,40.25,-66.01,Male,18-24,Not stated,White,An Act,Stolen goods,,,
Person search,2026-11-21T00:00:00+00:00,,,,,,,,,,,,,
"""


def write(folder: Path, text: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_emergency_calls(tmp_path: Path) -> None:
    records = read_emergency_calls(write(tmp_path, CALLS))
    assert records.texts == [
        "back pains or injury",
        "vehicle accident: red truck by a metal fence",
        "fire alarm",
    ]
    assert records.frame["kind"].tolist() == ["EMS", "Traffic", "Fire"]
    assert records.frame["row"].tolist() == [2, 3, 4]
    assert records.frame["time"][1] == pd.Timestamp("2026-11-21 09:00")
    assert records.frame["time"].isna().tolist() == [False, False, True]
    assert [(s.row, s.reason) for s in records.skipped] == [(5, "no text"), (6, "1 field where the header has 9")]
    assert "1 time could not be read, for example 'soon'" in records.notes
    assert "1 place without a latitude and longitude on the globe" in records.notes
    first, second, third = records
    assert first.place == (40.25, -66.01)
    assert second.time is not None
    assert second.time.hour == 9
    assert third.place is None
    assert third.time is None


def test_street_crimes(tmp_path: Path) -> None:
    records = read_street_crimes(write(tmp_path, STREET))
    assert records.texts == [
        "Vehicle crime on or near Parking Area",
        "Other theft No Location: white van by a brick wall",
    ]
    assert records.frame["span"].dt.days.tolist() == [28, 31]
    assert records.frame["lat"].isna().tolist() == [False, True]


def test_stops_leave_the_person_out(tmp_path: Path) -> None:
    records = read_stop_and_search(write(tmp_path, STOPS))
    assert records.texts == ["Vehicle search for stolen goods", "Person search"]
    assert records.frame["span"].dt.days.tolist() == [0, 1]
    assert any("00:00" in note for note in records.notes)
    assert not {"Male", "18-24", "White"} & set(" ".join(records.texts).split())


@pytest.mark.parametrize(("text", "kind"), [(CALLS, "EMS"), (STREET, "Vehicle crime"), (STOPS, "Vehicle search")])
def test_the_header_picks_the_reader(tmp_path: Path, text: str, kind: str) -> None:
    header, _, rows = text.partition("\n")
    assert read_records(write(tmp_path, text)).frame["kind"][0] == kind
    with_mark = read_records(write(tmp_path, b"\xef\xbb\xbf" + text.encode()))
    assert with_mark.frame["kind"][0] == kind
    assert read_records(write(tmp_path, f"{header.upper()}\n{rows}")).frame["kind"][0] == kind
    semicolons = "\n".join(line.replace(";", " ").replace(",", ";") for line in text.splitlines())
    other = read_records(write(tmp_path, semicolons))
    assert other.frame["kind"][0] == kind
    assert "columns are separated by semicolons" in other.notes


def test_parquet_in_a_known_schema_and_by_name(tmp_path: Path) -> None:
    from io import StringIO

    path = tmp_path / "calls.parquet"
    pd.read_csv(StringIO(CALLS), on_bad_lines="skip").to_parquet(path)
    assert read_records(path).texts[0] == "back pains or injury"
    frame = pd.DataFrame({"said": ["a red van", None, "a bus"], "when": pd.to_datetime(["2026-11-21 08:15"] * 3)})
    frame.to_parquet(path)
    records = read_records(path, text="said", time="when")
    assert records.texts == ["a red van", "a bus"]
    assert records.frame["time"].notna().all()
    assert [(s.row, s.reason) for s in records.skipped] == [(2, "no text")]


def test_an_unknown_header_lists_the_columns_found(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match=r"'id', 'Summary'.*read_records\(path, text='...'\)"):
        read_records(write(tmp_path, "id,Summary\n1,x\n"))
    with pytest.raises(RecordsError, match="For emergency calls it lacks 'timeStamp'"):
        read_records(write(tmp_path, CALLS.replace("timeStamp", "when", 1)))


def test_a_missing_column_names_the_closest(tmp_path: Path) -> None:
    path = write(tmp_path, "id,Summary of event\n1,x\n")
    with pytest.raises(RecordsError, match="Did you mean 'Summary of event'") as caught:
        read_table(path, text="sumary event")
    assert "'id', 'Summary of event'" in str(caught.value)
    with pytest.raises(RecordsError, match="a column 'zzz'") as caught:
        read_table(path, text="zzz")
    assert "Did you mean" not in str(caught.value)


def test_any_table_by_name(tmp_path: Path) -> None:
    text = "what;day;north;east;sort\na red van;03/04/2026;40,1;1;x\na bus;04/04/2026;41;2;y\n"
    records = read_table(
        write(tmp_path, text), text="what", time="day", lat="north", lng="east", kind="sort", time_format="%d/%m/%Y"
    )
    assert records.frame["time"].dt.month.tolist() == [4, 4]
    assert records.frame["kind"].tolist() == ["x", "y"]
    assert records.frame["lat"].isna().tolist() == [True, False]
    assert "1 place " in records.notes[-1]


def test_settings_that_are_none(tmp_path: Path) -> None:
    path = write(tmp_path, CALLS)
    with pytest.raises(RecordsError, match="settings out of text, time"):
        read_records(path, txt="desc")
    with pytest.raises(RecordsError, match="Add text="):
        read_records(path, time="timeStamp")
    with pytest.raises(RecordsError, match="only one of the two"):
        read_table(path, text="desc", lat="lat")


def test_what_is_no_table(tmp_path: Path) -> None:
    write(tmp_path, CALLS, "inside.csv")
    with pytest.raises(RecordsError, match=r"the folder .*it holds inside\.csv"):
        read_records(tmp_path)
    with pytest.raises(RecordsError, match="which is not there"):
        read_records(tmp_path / "none.csv")
    with pytest.raises(RecordsError, match="empty file"):
        read_records(write(tmp_path, b""))
    with pytest.raises(RecordsError, match="empty file"):
        read_records(write(tmp_path, b"", "t.parquet"))
    with pytest.raises(RecordsError, match="a header and no rows"):
        read_records(write(tmp_path, CALLS.splitlines()[0]))
    with pytest.raises(RecordsError, match="rows that can't be read"):
        read_records(write(tmp_path, CALLS.splitlines()[0] + "\n1,2\n3\n"))


@pytest.mark.parametrize("cut", [8, 40, 200, 500])
def test_damaged_parquet(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"text": ["a", "b"] * 50}).to_parquet(path)
    data = path.read_bytes()
    path.write_bytes(data[:-cut])
    with pytest.raises(RecordsError, match="sound Parquet"):
        read_records(path, text="text")
    path.write_bytes(data[:20] + bytes(len(data) - 40) + data[-20:])
    with pytest.raises(RecordsError, match="sound Parquet"):
        read_records(path, text="text")


def test_records_show_themselves_with_what_was_left_out(tmp_path: Path) -> None:
    text = "what\n<b>x</b>\n" + "a,b\n" * 8
    records = read_table(write(tmp_path, text), text="what", delimiter=",")
    assert repr(records) == "Records('t.csv', 1 record, 8 rows left out)"
    assert "row 3: 2 fields where the header has 1" in records.summary()
    assert "and 3 more in .skipped" in records.summary()
    assert "<b>" not in records._repr_html_()
    assert "&lt;b&gt;" in records._repr_html_()
    assert records.select([0]).texts == ["<b>x</b>"]


def test_importing_the_floor_loads_no_table_library() -> None:
    code = (
        "import sys, saii_widgets.data; "
        "loaded = {'pandas', 'pyarrow', 'sklearn', 'torch', 'transformers', 'wordcloud'} & set(sys.modules); "
        "sys.exit(str(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
