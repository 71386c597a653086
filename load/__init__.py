"""Load: Locust files and arrival shapes. It may use the harness and the application, and knows no fault."""
