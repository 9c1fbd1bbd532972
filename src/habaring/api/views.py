from django.http import HttpRequest, HttpResponse, JsonResponse


def openapi(request: HttpRequest) -> HttpResponse:
    from habaring.api.contract import schema

    return JsonResponse(schema())


def docs(request):
    return HttpResponse("x")


mine = tokens = new_token = rotate_token = revoke_token = webhooks = new_webhook = (
    webhook
) = act = docs
