"""Load with locust: what a locustfile is made of, what is measured, how it is judged and shown."""
