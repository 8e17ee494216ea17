"""Orders of a small shop."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass
class OrderLine:
    article: str
    quantity: int
    unit_price: Decimal

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity


@dataclass
class Order:
    customer: str
    lines: list[OrderLine] = field(default_factory=list)
    discount: Decimal = Decimal(0)

    def add(self, article: str, quantity: int, unit_price: Decimal) -> None:
        if quantity <= 0:
            raise ValueError(f"quantity must be positive, not {quantity}")
        self.lines.append(OrderLine(article, quantity, unit_price))

    def remove(self, article: str) -> None:
        self.lines = [line for line in self.lines if line.article != article]

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0)) - self.discount


def largest_order(orders: list[Order]) -> Order | None:
    return max(orders, key=lambda order: order.total, default=None)


def orders_of(customer: str, orders: list[Order]) -> list[Order]:
    return [order for order in orders if order.customer == customer]
