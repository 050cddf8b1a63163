"""The core words as tables: kinds of movement, materials, columns of accounts; and one reader of them."""

from scrapflow.vocabulary.read import (
    ACCOUNT_COLUMNS,
    KINDS,
    MATERIAL_GROUPS,
    MATERIALS,
    ROLES,
    TRACINGS,
    VIAS,
    Account,
    Kind,
    Material,
    accounts,
    kinds,
    materials,
    palette_of,
)

__all__ = [
    "ACCOUNT_COLUMNS",
    "KINDS",
    "MATERIALS",
    "MATERIAL_GROUPS",
    "ROLES",
    "TRACINGS",
    "VIAS",
    "Account",
    "Kind",
    "Material",
    "accounts",
    "kinds",
    "materials",
    "palette_of",
]
