"""Django's management commands of the signal desk."""
