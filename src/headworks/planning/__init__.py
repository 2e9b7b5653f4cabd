"""A province with known truth, to test plans and methods on."""
