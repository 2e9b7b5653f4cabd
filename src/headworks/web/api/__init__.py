"""The API: what pages show, for programs. See ``/api/v1/`` on a server, and the how-to page "Use the API".

Every answer passes the same policy as a page; what is not a reader's is not there. In ``door`` stand who may enter, how a
refusal reads and what the document of all routes says; in ``answers`` how rows become JSON, CSV or Parquet; the other files
hold the routes of one matter each.
"""
