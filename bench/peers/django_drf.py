"""The same ticket gate with Django and Django REST framework: a serializer, the ORM, one durable row. Nothing
else is switched on.

Reads `PEER_DATABASE_URL` and `PEER_PUBLIC_KEY` like `flask_core`. Connections are kept (`CONN_MAX_AGE`), as
anybody would who cares.
"""

from __future__ import annotations

import base64
import os
from typing import Any

import django
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from sqlalchemy.engine import make_url


def _database(address: str) -> dict[str, Any]:
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        begin = {"transaction_mode": "IMMEDIATE", "timeout": 20}
        durable = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.database,
            "OPTIONS": {**begin, "init_command": durable},
            "CONN_MAX_AGE": None,
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.database,
        "USER": url.username or "",
        "PASSWORD": url.password or "",
        "HOST": url.query.get("host", url.host) or "",
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": None,
    }


settings.configure(
    SECRET_KEY="bench",  # noqa: S106  (signs nothing)
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],  # which says how long an answer is
    DATABASES={"default": _database(os.environ["PEER_DATABASE_URL"])},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

from rest_framework import serializers  # noqa: E402  (Django wants its settings before)
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

KEY = Ed25519PublicKey.from_public_bytes(base64.b64decode(os.environ["PEER_PUBLIC_KEY"]))


class Ticket(models.Model):
    """One accepted ticket."""

    id = models.CharField(max_length=36, primary_key=True)
    gate = models.CharField(max_length=40)
    message = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bench"
        db_table = "django_tickets"


class TicketSerializer(serializers.Serializer):
    """What is sent."""

    id = serializers.CharField(max_length=36)
    gate = serializers.CharField(max_length=40)
    message = serializers.CharField(max_length=200)
    signature = serializers.CharField(max_length=200)


class Tickets(APIView):
    """The gate."""

    def post(self, request: Request) -> Response:
        """Verify and insert."""
        sent = TicketSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        ticket = sent.validated_data
        try:
            KEY.verify(base64.b64decode(ticket.pop("signature")), ticket["message"].encode())
        except InvalidSignature:
            return Response({"decision": "deny"})
        with transaction.atomic():
            Ticket.objects.create(**ticket)
        return Response({"decision": "allow", "id": ticket["id"]})


def ready(request: HttpRequest) -> JsonResponse:
    """It works."""
    return JsonResponse({"ok": True})


urlpatterns = [path("tickets", Tickets.as_view()), path("ready", ready)]


def create_app() -> WSGIHandler:
    """A server with one route; makes its table."""
    with connection.schema_editor() as editor:
        editor.create_model(Ticket)
    connection.close()
    return get_wsgi_application()
