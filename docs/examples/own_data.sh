headworks init own-workspace --name "Harbour Province" --timezone Asia/Shanghai
headworks import own-workspace own-data/areas.csv own-data/sites.csv own-data/samples.csv own-data/measurements.csv --as headworks
headworks run own-workspace
headworks check own-workspace
