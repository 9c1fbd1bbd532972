"""How personal data are shown to officers who gave no reason to see them whole."""


def mask_name(name: str) -> str:
    """`Siti Aminah` → `S*** A***`: enough to recognise a face at the counter."""
    return " ".join(f"{word[0]}***" for word in name.split())


def mask_email(address: str) -> str:
    """`siti@contoh.id` → `s***@contoh.id`."""
    local, at, host = address.partition("@")
    return f"{local[:1]}***{at}{host}" if address else ""


def mask_phone(number: str) -> str:
    """`+6281234567890` → `+62********890`."""
    return (
        f"{number[:3]}{'*' * (len(number) - 6)}{number[-3:]}"
        if len(number) > 6
        else "*" * len(number)
    )
