"""Did it work? Plans registered before anybody looked, and what came out of them."""
