"""Addresses of sign-in and of the people pages of a region and the platform."""

from django.urls import path

from habaring.people import citizens, entrance_urls, views
from habaring.people.register import urls as register

public = [
    *entrance_urls.public,
    *citizens.public,
    path("undangan/<slug:token>/", views.welcome, name="welcome"),
]
plain = entrance_urls.plain  # under allauth's own names
work = [*register.work, *entrance_urls.work, *citizens.work]
platform = register.platform
