"""Rows for the specs that bring a schema of their own."""

import numpy as np
import pyarrow as pa


def shop(rows: int = 600) -> pa.Table:
    """Impressions with clicks and purchases after them, for `esmm.mtl`."""
    rng = np.random.default_rng(0)
    ids = {f"{name}_id": rng.integers(0, 6, rows) for name in ("user", "item", "shop")}
    click = rng.random(rows) < (1 + ids["item_id"]) / 8
    bought = click & (rng.random(rows) < (1 + ids["user_id"]) / 8)
    numbers = {"age": rng.integers(18, 80, rows), "price": rng.lognormal(3, 1, rows)}
    return pa.table(ids | numbers | {"click": click, "buy": bought})


def customers(rows: int = 800) -> pa.Table:
    """Customers with what they did and spent, for `ziln.mtl`."""
    rng = np.random.default_rng(1)
    visits = rng.poisson(3, rows)
    orders = rng.binomial(visits, 0.4)
    spend = np.where(orders > 0, np.exp(2 + orders / 3 + rng.normal(size=rows) / 4), 0.0)
    columns = {"age": rng.integers(18, 80, rows), "visits_90d": visits, "orders_90d": orders}
    channel, country = rng.choice(["web", "shop"], rows), rng.choice(["de", "fr"], rows)
    kinds = {"channel": channel, "country": country}
    return pa.table(columns | kinds | {"spend_365d": spend, "orders_365d": orders})
