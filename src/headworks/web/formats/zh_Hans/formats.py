"""Thousands are parted, as in statistical yearbooks: nobody reads 1202909 at a glance."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
