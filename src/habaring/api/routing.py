"""The one router: reading and writing share addresses, and one address has one view."""

from ninja import Router

router = Router()
