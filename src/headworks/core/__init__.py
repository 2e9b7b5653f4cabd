"""What everything stands on: table schemas, errors, periods, units, uncertainty, disclosure floors.

A closed list of modules. Nothing here knows of drugs, files or people.
"""
