headworks show demo-workspace
headworks check demo-workspace --reproduce
