"""The site map with one bare page beside it: one query, one template."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from habaring.config import urls
from habaring.regions.models import Region


def bare(request: HttpRequest) -> HttpResponse:
    region = Region.objects.get(code="62.02")
    return render(request, "404.html", {"region": region})


handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500
urlpatterns = [path("polos/", bare), *urls.urlpatterns]
