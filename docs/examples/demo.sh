headworks demo demo-workspace --no-open
