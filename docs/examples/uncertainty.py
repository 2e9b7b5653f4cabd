"""The worked numbers of the page on loads."""

from headworks.core.uncertainty import combine, interval, sigma_log, weekly_uncertainty

# sampling, flow, analysis, population, excretion
everything = [0.10, 0.20, 0.15, 0.12, 0.26]
print(f"(U1) sigma of 20 %: {sigma_log(0.20):.6f}")
print(f"(U2) one day, all terms: {100 * combine(everything):.2f} %")
low, high = interval(1.0, sigma_log(combine(everything)))
print(f"(U4) its 95 % interval about 1: {low:.4f} to {high:.4f}")
print(f"(U3) a week of 7 days, load: {100 * weekly_uncertainty([0.10, 0.20, 0.15], [0.12], 7):.2f} %")
print(f"(U3) a week of 7 days, consumption: {100 * weekly_uncertainty([0.10, 0.20, 0.15], [0.12, 0.26], 7):.2f} %")
print(f"(U3) a year of 365 days, consumption: {100 * weekly_uncertainty([0.10, 0.20, 0.15], [0.12, 0.26], 365):.2f} %")
