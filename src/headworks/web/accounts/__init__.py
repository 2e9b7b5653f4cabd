"""Who may sign in: accounts of people who work with the server. Nothing here is about anyone else."""
