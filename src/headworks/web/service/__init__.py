"""The server as processes: what is started, what is watched, what is found unsafe before, and what every request may bring."""
