from peers.production import *  # noqa: F403

INSTALLED_APPS = ["peers.floor"]
MIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
ROOT_URLCONF = "peers.floor.urls"
