"""Who works at the operations desk: a steward plans, a sampler goes out, an analyst measures, a reviewer looks and approves."""

import re

import pytest
from tests.web.journeys.conftest import CITY, COUNTY
from tests.web.journeys.first_start import come_in
from tests.web.journeys.line import Line
from tests.web.journeys.window import DESK, PHONE
from tests.web.journeys.words import say

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COLUMNS = "sample_id,analyte,concentration_ng_per_l,detection,lod_ng_per_l,loq_ng_per_l,u_analysis,qc_flag"


@pytest.fixture
def line(house):
    """A line to the server that can be cut."""
    made = Line(house.server.port)
    yield made
    made.cut()


def test_a_steward_makes_a_plan_and_is_told_what_is_wrong_with_a_file(walk, tmp_path):
    with walk("steward") as steward:
        steward.look("landing")
        steward.visit("/operations/plans/")
        steward.look("plans")
        for field, text in {
            "name": f"Spring {steward.language}",
            "area": CITY,
            "first_day": "2027-03-01",
            "last_day": "2027-03-28",
        }.items():
            steward.fill(f"#p-{field.removesuffix('_day')}", text)
        steward.press("main section:first-of-type form button")
        steward.reads("The plan is made.")
        steward.look("plan")
        kind, content = steward.download(steward.find("a[href$='plan.csv']").get_attribute("href"))
        rows = content.decode("utf-8-sig").splitlines()
        assert kind.startswith("text/csv")
        assert len(rows) > 10

        steward.visit("/operations/plans/")
        file = tmp_path / "plan.csv"
        file.write_text(f"site_id,day\n{rows[1].split(',')[0]},2027-04-05\nnowhere,2027-04-06\n")
        steward.fill("#f-file", str(file))
        steward.press("form[action$='/file/'] button")
        steward.reads("The file was not taken; nothing of it was kept.")
        steward.sees("nowhere")
        steward.look("plan-file-refused")
        steward.visit("/work/")
        steward.look("work")


def test_a_sampler_goes_out_without_signal_and_nothing_is_lost(walk, house, line):
    to_do = house.found
    with walk("sampler", size=PHONE, address=line.address) as sampler:
        first, second = to_do[sampler.language]["to_do"]
        sampler.look("desk")
        sampler.visit("/operations/routes/")
        sampler.sees(first, second)
        sampler.look("routes")
        sampler.press("form[action$='/labels/'] button")
        sampler.sees(first, second)
        assert len(sampler.find_all("ul.labels svg, ul.labels img")) >= 2
        sampler.look("labels", is_desk_page=True)

        sampler.visit("/field/")
        sampler.wait_for(
            lambda: sampler.script("return document.documentElement.dataset.ready && navigator.serviceWorker.controller")
        )
        sampler.look("field")
        line.cut()
        sampler.visit(f"/field/{first}/")
        sampler.wait_for(lambda: sampler.script("return document.documentElement.dataset.ready"))
        fields = {
            "interval": "10",
            "flow": "12345.6",
            "temperature": "17",
            "ph": "7.2",
            "volume": "1000",
            "seal": "S-77",
            "deviation": "Rain",
        }
        for field, text in fields.items():
            sampler.fill(f"#{field}", text)
        sampler.look("field-form-without-signal")
        sampler.press("#collect button.wide", stays=True)
        sampler.wait_for(lambda: sampler.find("#said").text)
        sampler.reads("Kept on this phone; it is sent when there is signal.", "no signal")
        sampler.look("field-kept-without-signal")
        sampler.visit("/field/")
        sampler.wait_for(lambda: sampler.script("return document.documentElement.dataset.ready"))
        sampler.sees(say(sampler.language, "{n} not yet sent").format(n=1), first)
        sampler.look("field-waiting-without-signal")

        line.mend()
        sampler.press("#send", stays=True)
        sampler.wait_for(lambda: say(sampler.language, "All is sent") in sampler.text())
        sampler.look("field-all-sent")
        sampler.visit(f"/field/{first}/")
        sampler.wait_for(lambda: sampler.script("return document.documentElement.dataset.ready"))
        sampler.fill("#place", "Laboratory")
        sampler.look("field-hand-over")
        sampler.press("#hand_over button.wide", stays=True)
        sampler.wait_for(lambda: sampler.find("#said").text == say(sampler.language, "Sent."))
        sampler.visit(f"/operations/samples/{first}/")
        sampler.sees("S-77", "Rain", "Laboratory")
        sampler.reads("in transit")
        sampler.look("custody", is_desk_page=True)


def test_an_analyst_brings_results_in_and_they_become_facts_by_a_second_pair_of_eyes(walk, house, tmp_path):
    with walk("analyst") as analyst:
        language = analyst.language
        samples = house.found[language]["on_the_way"]
        analyst.visit("/release/")
        analyst.look("release-desk")
        analyst.visit("/operations/receive/")
        for sample in samples:
            analyst.choose(f"[value='{sample}']")
        analyst.fill("#temperature", "4")
        analyst.choose("[name=is_seal_intact][value=yes]")
        analyst.look("receive")
        analyst.press("main form[data-codes] button")
        analyst.reads("All are written down")
        analyst.look("received")

        analyst.visit("/release/")
        analyst.fill("#b-name", f"A-{language}")
        analyst.fill("#b-method", "LC-MS/MS")
        analyst.press("form.filters button")
        for sample in samples:
            analyst.choose(f"[name=sample][value='{sample}']")
        analyst.press("form[action$='/samples/'] button")
        analyst.look("batch-prepared")
        batch = re.search(r"/batches/(\d+)/", analyst.driver.current_url)[1]

        rows = [f"{sample},ketamine,{310 + n},quantified,0.3,1,0.1,accepted" for n, sample in enumerate(samples)]
        _send(analyst, tmp_path / "wrong.csv", [rows[0], rows[1].replace("311", "31.1x")])
        assert analyst.find("table td.number").text == "3"
        analyst.sees("concentration_ng_per_l")
        analyst.look("batch-file-refused")
        _send(analyst, tmp_path / "right.csv", rows)
        analyst.reads("Keep them")
        analyst.look("batch-dry-run")
        analyst.press("input[name=upload] ~ button")
        analyst.sees("310", "311")

        _reviewed(analyst, house, batch)
        analyst.enter(f"analyst-{language}")
        analyst.visit(f"/release/batches/{batch}/")
        analyst.press("form[action$='/propose/'] button")
        analyst.look("release-proposed")
        assert analyst.find_all("[value=approve]") == []


def _send(analyst, file, rows):
    file.write_text("\n".join([COLUMNS, *rows]) + "\n")
    analyst.fill("#r-file", str(file))
    analyst.press("#r-file ~ button")


def _reviewed(window, house, batch, *, is_looking=False):
    """The reviewer looks at every result and gives the verdict."""
    come_in(house, window, f"reviewer-{window.language}")
    window.visit(f"/release/batches/{batch}/")
    window.press("form[action$='/review/'] button")
    window.choose("[name=verdict][value=accepted]")
    if is_looking:
        window.look("batch-reviewed")
    window.press("form[action$='/verdict/'] button")


def test_a_reviewer_approves_and_the_worker_makes_facts_of_it(walk, house):
    with walk("reviewer") as reviewer:
        language = reviewer.language
        reviewer.visit("/release/")
        reviewer.reads("Batches")
        reviewer.look("release-desk-of-the-reviewer")
        batch = next(link for link in reviewer.find_all("main a[href*='/batches/']") if link.text == f"R-{language}")
        number = re.search(r"/batches/(\d+)/", batch.get_attribute("href"))[1]
        _reviewed(reviewer, house, number, is_looking=True)
        come_in(house, reviewer, f"analyst-{language}")
        reviewer.visit(f"/release/batches/{number}/")
        reviewer.press("form[action$='/propose/'] button")
        release = reviewer.driver.current_url
        reviewer.enter(f"reviewer-{language}")
        reviewer.driver.get(release)
        reviewer.look("release-to-approve")
        reviewer.press("[value=approve]")

        def is_released():
            reviewer.driver.get(release)
            return reviewer.find("h1 .state").text == say(language, "released")

        reviewer.wait_for(is_released, 120)
        reviewer.reads("Import", "Approved by")
        reviewer.look("release-done")
        sample = house.found[language]["measured"][0]
        reviewer.visit(f"/operations/samples/{sample}/")
        reviewer.reads("released", "Results, every version")
        reviewer.look("custody-to-the-release")
        reviewer.is_refused(f"/areas/{COUNTY}/")
        assert reviewer.size == DESK


def test_an_export_is_evaluated_asked_about_and_taken_over(walk, house, tmp_path):
    from tests.web.operations.exports import export_of
    from tests.workflows.laboratory.builders import export_lines

    with walk("analyst") as analyst:
        language = analyst.language
        sample = house.found[language]["for_export"][0]
        analyst.visit("/release/")
        analyst.fill("#b-name", f"E-{language}")
        analyst.fill("#b-method", f"Method {language}")
        analyst.press("form.filters button")
        analyst.choose(f"[name=sample][value='{sample}']")
        analyst.press("form[action$='/samples/'] button")
        file = tmp_path / "run.csv"
        lines = [[row[0], "EQCX" if row[1] == "qc" else row[1], *row[2:]] for row in export_lines(noise=0.02)]
        file.write_bytes(export_of([sample], lines))
        analyst.fill("#x-file", str(file))
        analyst.press("form[action$='/exports/'] button")
        analyst.sees("EQCX")
        analyst.reads("needed")
        analyst.look("export-questions", is_desk_page=True)
        analyst.press("input[value=answers] ~ button")
        analyst.reads("What may be released")
        analyst.sees("ketamine", "S4")
        analyst.look("export-evaluated", is_desk_page=True)
        export = analyst.driver.current_url
        come_in(house, analyst, f"reviewer-{language}")
        analyst.driver.get(export)
        analyst.fill("#o-curve", analyst.find("#o-curve option").get_attribute("value"))
        analyst.fill("#o-verdict", "released")
        analyst.fill("#o-reason", "Seen")
        analyst.press("input[value=overrule] ~ button")
        analyst.sees("Seen")
        analyst.enter(f"analyst-{language}")
        analyst.driver.get(export)
        analyst.press("form[action$='/take/'] button")
        analyst.sees(sample)
        analyst.visit("/release/controls/")
        analyst.look("controls", is_desk_page=True)
        analyst.visit("/release/rounds/")
        analyst.look("rounds", is_desk_page=True)
        analyst.visit("/release/screening/")
        analyst.look("screening")
