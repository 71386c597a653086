"""What the shop does when somebody orders something: ordinary Temporal code."""

from workflows.order import Order as Order
