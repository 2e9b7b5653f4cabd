"""The server: pages, map, API, accounts, operations desk and audit, as a Django project.

In: a workspace, and what people do. Out: pages, files and answers that show each reader their areas and nothing else. Science
reads only the workspace; the server's own database holds what people do. Every figure and every object that leaves goes
through :mod:`headworks.web.access`.
"""
