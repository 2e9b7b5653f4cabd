"""Exports small enough to be read in a test. Layouts of vendors are after public scripts and manuals; no real numbers."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl

HEADER = (
    "sample_name,sample_type,level,analyte,role,internal_standard,expected_concentration,concentration_unit,area,"
    "retention_time_min,is_manual_integration,acquired_at\n"
)
_SAMPLES = [("B1", "blank", "", ""), ("C1", "calibrator", "1", "1"), ("C2", "calibrator", "2", "10"),
            ("C3", "calibrator", "3", "100"), ("S1", "sample", "", "")]  # fmt: skip


def batch(edit: Callable[[str], str] = lambda rows: rows) -> str:
    """A blank, three calibrators and a sample; cocaine and its labelled standard; rows 2 to 11."""
    rows = []
    for i, (name, kind, level, expected) in enumerate(_SAMPLES):
        end = f"2.5,false,2024-11-26 0{i}:00"
        rows.append(f"{name},{kind},{level},coc,target,coc-d3,{expected},ng/mL,{1000 * (i + 1)},{end}")
        rows.append(f"{name},{kind},{level},coc-d3,internal_standard,,,ng/mL,5000,{end}")
    return HEADER + edit("\n".join(rows) + "\n")


def workbook(rows: list[list[object]]) -> bytes:
    """An XLSX file of one sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def cells(text: str) -> list[list[object]]:
    return [list(line.split(",")) for line in text.strip().split("\n")]


# Two header rows, one target with a qualifier, its standard; an outlier mark in the first column, as MassHunter writes it.
MASSHUNTER = """Sample,,,,,,,Ketamine Method,,,Ketamine Results,,,,Qualifier (238.1 -> 179.0) Results,,Ketamine D4 (ISTD) Results,
,Name,Data File,Type,Level,Acq. Date-Time,Vol.,Exp. Conc.,Precursor Ion,Product Ion,RT,Area,MI,S/N,Area,Ratio,RT,Area
!,Blk,Blk.d,Blank,,13/11/2024 9:05 am,5,,238.1,125.0,,,FALSE,,,,2.01,51000
,Cal1,Cal1.d,Cal,1,13/11/2024 9:15 am,5,1.5,238.1,125.0,2.02,900,TRUE,12.5,450,50,2.01,50000
,S 1,S 1.d,Sample,,13/11/2024 12:25 pm,5,,238.1,125.0,2.02,1800,FALSE,20,900,50,2.01,52000
"""
SCIEX = """Index\tSample Name\tSample Type\tComponent Name\tComponent Group Name\tComponent Type\tIS\tIS Name\tActual Concentration\tArea\tIS Area\tHeight\tRetention Time\tUsed\tCalculated Concentration\tAccuracy\tIntegration Type\tAcquisition Date & Time\tDilution Factor
1\tStd 1\tStandard\tMDMA 1\tMDMA\tQuantifiers\tFalse\tMDMA-d5\t0.5\t1200.5\t9000\t300\t3.41\tTrue\t0.52\t104.0\tManual\t11/26/2024 3:05:10 PM\t1
2\tStd 1\tStandard\tMDMA 2\tMDMA\tQualifiers\tFalse\tMDMA-d5\t0.5\t600\t9000\t150\t3.41\tTrue\t0.50\t100.0\tValley\t11/26/2024 3:05:10 PM\t1
3\tStd 1\tStandard\tMDMA-d5\tIS\tInternal Standards\tTrue\t(No IS)\tN/A\t9000\tN/A\t2000\t3.40\tTrue\tN/A\tN/A\tValley\t11/26/2024 3:05:10 PM\t1
4\tS 1\tUnknown\tMDMA 1\tMDMA\tQuantifiers\tFalse\tMDMA-d5\tN/A\t2400\t9100\t600\t3.42\tFalse\t< 0\tN/A\tValley\t11/26/2024 3:15:10 PM\t10
5\tS 1\tUnknown\tMDMA 2\tMDMA\tQualifiers\tFalse\tMDMA-d5\tN/A\t1190\t9100\t300\t3.42\tTrue\tNo Peak\tN/A\tValley\t11/26/2024 3:15:10 PM\t10
6\tS 1\tUnknown\tMDMA-d5\tIS\tInternal Standards\tTrue\t(No IS)\tN/A\t9100\tN/A\t2000\t3.40\tTrue\tN/A\tN/A\tValley\t11/26/2024 3:15:10 PM\t10
"""
TARGETLYNX = """Quantify Compound Summary Report

Printed Tue Nov 26 18:11:12 2024

Compound 1:  Morphine, total

\tName\tType\tStd. Conc\tRT\tArea\tIS Area\tResponse\tPrimary Flags\tng/mL\t%Dev\tS/N\tVial\tAcq.Date\tAcq.Time
1\t241126_01\tStandard\t0.5\t1.23\t100.5\t2000\t0.05\tbb\t0.51\t2.0\t30\t1:A,1\t26-Nov-24\t15:44:12
2\t241126_02\tAnalyte\t\t1.24\t210\t2100\t0.1\tMMX\t1.02\t\t55\t1:A,2\t26-Nov-24\t15:54:12

Compound 2:  Morphine-d3

\tName\tType\tStd. Conc\tRT\tArea\tIS Area\tResponse\tPrimary Flags\tng/mL\t%Dev\tS/N\tVial\tAcq.Date\tAcq.Time
1\t241126_01\tStandard\t\t1.22\t2000\t\t2000\tbb\t\t\t300\t1:A,1\t26-Nov-24\t15:44:12
2\t241126_02\tAnalyte\t\t1.22\t2100\t\t2100\tbb\t\t\t310\t1:A,2\t26-Nov-24\t15:54:12
"""
TRACEFINDER = """Compound,Filename,Sample Type,Type,Peak Label,Level,Theoretical Amt,Calculated Amt,%Diff,Area,ISTD Response,ISTD Amt,Actual RT,RT,Response Ratio,Integration Mode,Excluded,Final Units,Acquisition Date
Heroin,run_01,Cal Std,Target Compound,T1,L1,2,2.1,5,1000,50000,10,4.11,4.10,0.02,Manual,True,ng/mL,26.11.2024 15:05
Heroin,run_02,Unknown,Target Compound,T1,,N/F,N/F,N/A,N/F,51000,10,N/F,4.10,N/F,Auto,False,ng/mL,26.11.2024 15:25
Heroin-d9,run_01,Cal Std,Internal Standard,T1,L1,,,,50000,,10,4.08,4.08,,Auto,False,ng/mL,26.11.2024 15:05
Heroin-d9,run_02,Unknown,Internal Standard,T1,,,,,51000,,10,4.08,4.08,,Auto,False,ng/mL,26.11.2024 15:25
"""
SKYLINE = """Molecule,Replicate,Sample Type,Analyte Concentration,Precursor Mz,Product Mz,Quantitative,Standard Type,Area,Retention Time,Acquired Time,User Set Peak
THC-COOH,std1,Standard,5,345.2,299.2,True,,900,7.1,11/26/2024 15:05:00,TRUE
THC-COOH,std1,Standard,5,345.2,193.1,False,,300,7.1,11/26/2024 15:05:00,FALSE
THC-COOH-d3,std1,Standard,,348.2,302.2,True,Surrogate Standard,4000,7.1,11/26/2024 15:05:00,FALSE
THC-COOH,s1,Unknown,,345.2,299.2,True,,#N/A,#N/A,11/26/2024 15:25:00,FALSE
THC-COOH,s1,Unknown,,345.2,193.1,False,,290,7.1,11/26/2024 15:25:00,FALSE
THC-COOH-d3,s1,Unknown,,348.2,302.2,True,Surrogate Standard,4100,7.1,11/26/2024 15:25:00,FALSE
"""
