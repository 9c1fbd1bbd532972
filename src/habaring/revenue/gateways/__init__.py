"""Banks and QRIS services: what they are asked for, what they say, who they are.

`charge` asks for money, `offered` names the ways of paying; `door` lets calls in.
"""

from habaring.revenue.gateways.charging import ChargeRefused, charge, offered, va_number

__all__ = ["ChargeRefused", "charge", "offered", "va_number"]
