"""New, amended, unchanged: what an import says beside what is known."""

import polars as pl

from headworks.intake import compare_with_known, parse_file


def sites(*rows):
    text = "site_id,name,latitude,longitude,population_served\n" + "\n".join(rows)
    return parse_file(text.encode(), "sites.csv", "headworks").tables["sites"]


def test_rows_are_new_amended_or_unchanged_and_watched_changes_are_said():
    known = sites("A,West,47.1,15.4,425000", "B,East,47.2,15.5,1000").drop("source_row")
    novelty = compare_with_known("sites", sites("A,West,47.1,15.4,430000", "B,East,47.2,15.5,1000", "C,,,,"), known)
    assert (novelty.n_new, novelty.n_amended, novelty.n_unchanged) == (1, 1, 1)
    assert novelty.rows["site_id"].to_list() == ["A", "C"]
    assert novelty.changed == ["sites A: population_served changed from 425000.0 to 430000.0"]


def test_a_reused_identifier_shows_as_another_name_and_place():
    known = sites("A,Milan,45.4,9.2,").drop("source_row")
    changed = compare_with_known("sites", sites("A,Bozen,46.5,11.3,"), known).changed
    assert [text.split(":")[1].split()[0] for text in changed] == ["latitude", "longitude", "name"]


def test_an_empty_cell_of_a_register_keeps_what_is_known():
    known = sites("A,West,47.1,15.4,425000").drop("source_row")
    assert compare_with_known("sites", sites("A,,,,"), known).n_unchanged == 1


def test_importing_twice_changes_nothing_also_when_the_store_hands_back_plain_text():
    first = sites("A,West,47.1,15.4,425000", "B,,,,")
    known = first.drop("source_row").with_columns(pl.col("kind", "matrix").cast(pl.String))
    novelty = compare_with_known("sites", first, known)
    assert (novelty.n_unchanged, novelty.rows.height) == (2, 0)


def test_everything_is_new_beside_nothing():
    first = sites("A,West,47.1,15.4,425000")
    assert compare_with_known("sites", first, first.drop("source_row").clear()).n_new == 1


def test_a_measurement_that_lost_its_value_is_amended():
    def one(cell):
        text = f"sample_id,analyte,concentration_ng_per_l\nS,BE,{cell}\n"
        return parse_file(text.encode(), "measurements.csv", "headworks").tables["measurements"]

    novelty = compare_with_known("measurements", one("<LOQ"), one("5").drop("source_row"))
    assert (novelty.n_amended, novelty.rows["concentration_ng_per_l"].to_list()) == (1, [None])
