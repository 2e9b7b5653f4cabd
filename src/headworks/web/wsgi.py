"""What a web server of the operator's choice calls; ``headworks serve`` brings one."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headworks.web.settings")
application = get_wsgi_application()
